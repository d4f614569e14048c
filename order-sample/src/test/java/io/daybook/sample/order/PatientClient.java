package io.daybook.sample.order;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.contract.Patience;
import io.daybook.sample.order.OrderScript.Step;
import io.daybook.sample.order.RunningOrders.Answer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends the commands of a script from several threads, each again with the same key until it has an answer that is definite.
 */
final class PatientClient {

    private static final int THREADS = 8;
    private static final int MOST_ATTEMPTS = 200;

    private final SampleProcess sample;
    private final List<Step> steps;
    private final Progress progress;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger repeats = new AtomicInteger();
    private final Map<Integer, CompletableFuture<String>> orders = new ConcurrentHashMap<>();
    private final Map<Step, Answer> answers = new ConcurrentHashMap<>();

    PatientClient(SampleProcess sample, List<Step> steps, Progress progress) {
        this.sample = sample;
        this.steps = steps;
        this.progress = progress;
    }

    /** The definite answer of each command. */
    Map<Step, Answer> answers() {
        return answers;
    }

    /** How many requests had no definite answer. */
    int repeats() {
        return repeats.get();
    }

    /** How many commands took effect. */
    int accepted() {
        return accepted.get();
    }

    /** How many answers were those of an earlier request, whose own were lost. */
    int replayed() {
        return (int) answers.values().stream()
                .filter(answer -> answer.header("Idempotent-Replayed").equals("true"))
                .count();
    }

    String orderId(int order) throws InterruptedException, ExecutionException {
        return id(order).get();
    }

    private CompletableFuture<String> id(int order) {
        return orders.computeIfAbsent(order, unseen -> new CompletableFuture<>());
    }

    /** Returns when each command has its answer. */
    void sendAll() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CompletionService<Boolean> all = new ExecutorCompletionService<>(threads);
            for (int i = 0; i < THREADS; i++) {
                all.submit(this::sendSome);
            }
            for (int i = 0; i < THREADS; i++) {
                all.take().get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private boolean sendSome() throws Exception {
        for (int i = next.getAndIncrement(); i < steps.size(); i = next.getAndIncrement()) {
            progress.awaitTurn(i);
            Step step = steps.get(i);
            String path = step.creates() ? "/orders" : "/orders/" + orderId(step.order()) + "/" + step.action();
            Answer answer = untilDefinite(HttpRequest.newBuilder(uri(path))
                    .header("Content-Type", "application/json")
                    .header("Idempotency-Key", step.key())
                    .POST(BodyPublishers.ofString(step.body())));
            answers.put(step, answer);
            if (answer.status() < 300) {
                accepted.incrementAndGet();
            }
            if (step.creates()) {
                id(step.order()).complete(answer.orderId());
            }
            progress.answered();
        }
        return true;
    }

    JsonNode get(String path, String... headers) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        Answer answer = untilDefinite(request);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private URI uri(String path) {
        return URI.create(sample.url() + path);
    }

    private Answer untilDefinite(HttpRequest.Builder request) throws InterruptedException {
        HttpRequest built = request.timeout(Patience.LIMIT).build();
        for (int attempt = 1; attempt < MOST_ATTEMPTS; attempt++) {
            try {
                Answer answer = new Answer(client.send(built, BodyHandlers.ofString()));
                if (answer.status() < 500) {
                    return answer;
                }
            } catch (IOException e) {
                sample.awaitListening();
            }
            repeats.incrementAndGet();
        }
        throw new AssertionError(MOST_ATTEMPTS + " attempts without a definite answer: " + built.uri());
    }
}
