// Vault's own auth method gcp as a plugin of OpenBao, which has none.
package main

import (
	"log"

	gcpauth "github.com/hashicorp/vault-plugin-auth-gcp/plugin"
	"github.com/hashicorp/vault/sdk/plugin"
)

func main() {
	if err := plugin.ServeMultiplex(&plugin.ServeOpts{BackendFactoryFunc: gcpauth.Factory}); err != nil {
		log.Fatal(err)
	}
}
