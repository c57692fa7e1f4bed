// Vault's own auth method aws as a plugin of OpenBao, which has none.
package main

import (
	"log"

	awsauth "github.com/hashicorp/vault/builtin/credential/aws"
	"github.com/hashicorp/vault/sdk/plugin"
)

func main() {
	if err := plugin.ServeMultiplex(&plugin.ServeOpts{BackendFactoryFunc: awsauth.Factory}); err != nil {
		log.Fatal(err)
	}
}
