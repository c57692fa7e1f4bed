// A program with fabric8's client, steered from stdin (see tests/clients/README.md).

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.File;
import java.nio.file.Files;

public class Client {
  public static void main(String[] arguments) throws Exception {
    File file = new File(arguments[0]);
    Config config =
        Config.fromKubeconfig(arguments[1], Files.readString(file.toPath()), file.getPath());
    KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
    Steered.serve(() -> call(client), said -> Serialization.asJson(said).replace("\n", " "));
  }

  private static String call(KubernetesClient client) {
    try {
      client.configMaps().inNamespace("ci").list();
      return null;
    } catch (KubernetesClientException error) {
      return error.getCode() + " " + error.getMessage();
    }
  }
}
