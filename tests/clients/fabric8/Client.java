// A program with fabric8's client, steered from stdin (see tests/clients/README.md).

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

public class Client {
  public static void main(String[] arguments) throws Exception {
    File file = new File(arguments[0]);
    Config config =
        Config.fromKubeconfig(arguments[1], Files.readString(file.toPath()), file.getPath());
    KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ");
      int count = Integer.parseInt(words[0]);
      ExecutorService pool = Executors.newFixedThreadPool(Integer.parseInt(words[1]));
      List<Callable<String>> calls = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        calls.add(() -> call(client));
      }
      List<String> errors = new ArrayList<>();
      for (Future<String> said : pool.invokeAll(calls)) {
        if (said.get() != null) {
          errors.add(said.get());
        }
      }
      pool.shutdown();
      System.out.println(
          Serialization.asJson(Map.of("ok", count - errors.size(), "errors", errors))
              .replace("\n", " "));
    }
    System.exit(0);
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
