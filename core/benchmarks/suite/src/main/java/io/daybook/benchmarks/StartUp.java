package io.daybook.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The time from the start of the JVM to the end of a program that only creates an order and handles one command. Each
 * contender runs in turn, without a logging backend.
 */
public final class StartUp {

    private static final int STARTS = 10;

    private StartUp() {}

    /** Takes the page of results to write, or the contender to measure. */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args[0].endsWith(".json")) {
            Results results = new Results("StartUp.firstCommand");
            for (int i = 0; i < STARTS; i++) {
                for (String contender : List.of("floor-fast-instant", "daybook")) {
                    results.add(contender, "", start(contender));
                }
            }
            results.write(Path.of(args[0]));
        } else {
            Contender orders = new SuiteFamily().contenders().get(args[0]).get();
            orders.create("order", 1);
            orders.addItem(OrderState.addItem("order"), "command");
        }
    }

    /** Returns the time in milliseconds. */
    private static double start(String contender) throws IOException, InterruptedException {
        String java = ProcessHandle.current().info().command().orElseThrow();
        String classPath = System.getProperty("java.class.path").replaceAll("[^:]*logback[^:]*", "");
        long from = System.nanoTime();
        int status = new ProcessBuilder(java, "-cp", classPath, StartUp.class.getName(), contender)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (status != 0) {
            throw new IllegalStateException(contender + " ended with " + status);
        }
        return (System.nanoTime() - from) / 1e6;
    }
}
