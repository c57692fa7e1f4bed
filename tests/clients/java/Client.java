// A program with the official Java client, steered from stdin (see tests/clients/README.md).

import com.google.gson.Gson;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

public class Client {
  public static void main(String[] arguments) throws Exception {
    KubeConfig config = KubeConfig.loadKubeConfig(new FileReader(arguments[0]));
    config.setFile(new File(arguments[0]));
    config.setContext(arguments[1]);
    // With a third argument the plugin is run again after so many seconds.
    ClientBuilder builder =
        arguments.length < 3
            ? ClientBuilder.kubeconfig(config)
            : ClientBuilder.kubeconfig(config, Duration.ofSeconds(Long.parseLong(arguments[2])));
    ApiClient client = builder.build();
    CoreV1Api api = new CoreV1Api(client);
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ");
      int count = Integer.parseInt(words[0]);
      ExecutorService pool = Executors.newFixedThreadPool(Integer.parseInt(words[1]));
      List<Callable<String>> calls = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        calls.add(() -> call(api));
      }
      List<String> errors = new ArrayList<>();
      for (Future<String> said : pool.invokeAll(calls)) {
        if (said.get() != null) {
          errors.add(said.get());
        }
      }
      pool.shutdown();
      System.out.println(
          new Gson().toJson(Map.of("ok", count - errors.size(), "errors", errors)));
    }
    System.exit(0);
  }

  private static String call(CoreV1Api api) {
    try {
      api.listNamespacedConfigMap("ci").execute();
      return null;
    } catch (ApiException error) {
      return error.getCode() + " " + error.getMessage() + " " + error.getResponseBody();
    }
  }
}
