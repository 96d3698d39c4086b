package response

// The roles that this package knows. A schedule may hold others; its shifts
// carry them as plain text, and the rules ask such a role for a level and
// nothing else unless they are told more.
const (
	// On call.
	RolePrimary   = "primary"   // is called first
	RoleSecondary = "secondary" // is called next, and backs an associate who is primary
	RoleShadow    = "shadow"    // follows and learns; never counts as cover

	// In an incident.
	RoleCommander      = "commander"      // decides, and does not repair
	RoleDeputy         = "deputy"         // stands in for the commander
	RoleOperations     = "operations"     // leads the repair
	RoleCommunications = "communications" // speaks to customers and to the house
	RolePlanning       = "planning"       // looks beyond the next hour: handoffs, food, sleep
	RoleScribe         = "scribe"         // writes the timeline
	RoleExpert         = "expert"         // knows an entry that is a likely root or alerts
	RoleLead           = "lead"           // leads a sub-team
)
