module github.com/srekit/ownership/internal/peers

go 1.25.0

require github.com/srekit/ownership v0.0.0-00010101000000-000000000000

require github.com/aclements/go-moremath v0.0.0-20210112150236-f10218a38794

replace github.com/srekit/ownership => ../..
