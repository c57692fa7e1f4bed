// A program with the official Java client, steered from stdin (see tests/clients/README.md).

import com.google.gson.Gson;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import java.io.File;
import java.io.FileReader;
import java.time.Duration;

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
    Steered.serve(() -> call(api), new Gson()::toJson);
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
