// A program with the official JavaScript client, steered from stdin (see tests/clients/README.md).
'use strict';
const path = require('node:path');
const readline = require('node:readline');
const k8s = require(path.join(process.env.MODULES, 'node_modules', '@kubernetes/client-node'));

async function main() {
  const config = new k8s.KubeConfig();
  config.loadFromFile(process.argv[2]);
  config.setCurrentContext(process.argv[3]);
  const api = config.makeApiClient(k8s.CoreV1Api);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [count, parallel] = line.split(' ').map(Number);
    const errors = [];
    let left = count;
    const work = async () => {
      while (left-- > 0) {
        // Up to 0.22 the namespace stands for itself.
        await api.listNamespacedConfigMap(process.argv[4] || { namespace: 'ci' }).catch((error) => {
          errors.push(String(error.message));
        });
      }
    };
    await Promise.all(Array.from({ length: parallel }, work));
    console.log(JSON.stringify({ ok: count - errors.length, errors }));
  }
}

main();
