// A program with kube-rs, steered from stdin (see tests/clients/README.md).

use futures::stream::{self, StreamExt};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Api, Client, Config};
use std::io::BufRead;

async fn start(file: &str, context: &str) -> Result<Client, String> {
    let kubeconfig = Kubeconfig::read_from(file).map_err(|error| error.to_string())?;
    let options = KubeConfigOptions {
        context: Some(context.to_string()),
        ..Default::default()
    };
    let config = Config::from_custom_kubeconfig(kubeconfig, &options)
        .await
        .map_err(|error| error.to_string())?;
    Client::try_from(config).map_err(|error| error.to_string())
}

/// What went wrong with each call that failed.
async fn calls(client: &Client, count: usize, parallel: usize) -> Vec<String> {
    stream::iter(0..count)
        .map(|_| async {
            let maps: Api<ConfigMap> = Api::namespaced(client.clone(), "ci");
            maps.list(&Default::default()).await.err()
        })
        .buffer_unordered(parallel)
        .filter_map(|error| async move { error.map(|error| error.to_string()) })
        .collect()
        .await
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let mut client = None;
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        let mut words = line.split(' ').map(|word| word.parse().expect("a number"));
        let (count, parallel) = (words.next().expect("COUNT"), words.next().expect("PARALLEL"));
        if client.is_none() {
            client = Some(start(&arguments[1], &arguments[2]).await);
        }
        let errors = match client.as_ref().expect("just made") {
            Ok(client) => calls(client, count, parallel).await,
            Err(error) => vec![error.clone(); count],
        };
        println!(
            "{}",
            serde_json::json!({"ok": count - errors.len(), "errors": errors})
        );
        if errors.len() == count {
            client = client.filter(Result::is_ok);
        }
    }
}
