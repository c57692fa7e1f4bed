// What the clients in Java share: a program that is told on stdin how often to call.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

public class Steered {
  // `call` answers what went wrong, or null; `toJson` writes one line.
  public static void serve(Callable<String> call, Function<Object, String> toJson)
      throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ");
      int count = Integer.parseInt(words[0]);
      ExecutorService pool = Executors.newFixedThreadPool(Integer.parseInt(words[1]));
      List<Callable<String>> calls = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        calls.add(call);
      }
      List<String> errors = new ArrayList<>();
      for (Future<String> said : pool.invokeAll(calls)) {
        if (said.get() != null) {
          errors.add(said.get());
        }
      }
      pool.shutdown();
      System.out.println(
          toJson.apply(Map.of("ok", count - errors.size(), "errors", errors)));
    }
    System.exit(0);
  }
}
