module github.com/srekit/ownership/internal/peers

go 1.25.0

require github.com/srekit/ownership v0.0.0-00010101000000-000000000000

require github.com/aclements/go-moremath v0.0.0-20210112150236-f10218a38794

require (
	github.com/prometheus/client_model v0.6.2 // indirect
	github.com/prometheus/common v0.70.0 // indirect
	google.golang.org/protobuf v1.36.11 // indirect
)

replace github.com/srekit/ownership => ../..
