package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusSenderAsyncClient;
import io.daybook.eventstore.Backoff;
import io.daybook.publishing.EventPublishException;
import io.daybook.publishing.EventPublishException.Delivery;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/** One call of {@code publish}. It sends in rounds until every event is acknowledged or cannot be sent, or time is up. */
final class PublishCall {

    private static final Logger log = LoggerFactory.getLogger(ServiceBusEventPublisher.class);
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));

    private final SharedClient<ServiceBusSenderAsyncClient> senders;
    private final List<StreamSender> streams;
    private final int parallelStreams;
    private final Duration timeout;
    private final Duration sendTimeout;
    private final long startNanos = System.nanoTime();

    PublishCall(
            SharedClient<ServiceBusSenderAsyncClient> senders,
            List<StreamSender> streams,
            int parallelStreams,
            Duration timeout,
            Duration sendTimeout) {
        this.senders = senders;
        this.streams = streams;
        this.parallelStreams = parallelStreams;
        this.timeout = timeout;
        this.sendTimeout = sendTimeout;
    }

    void run() {
        for (int round = 1; ; round++) {
            List<StreamSender> left =
                    streams.stream().filter(StreamSender::mayBeRetried).toList();
            ServiceBusSenderAsyncClient sender = sender(round);
            send(left, sender);
            if (streams.stream().allMatch(StreamSender::isDone)) {
                return;
            }
            if (left.stream()
                    .anyMatch(
                            stream -> stream.failure() != null && !stream.kind().acceptedNothing())) {
                senders.discard(sender);
            }
            if (streams.stream().noneMatch(StreamSender::mayBeRetried) || !pause(round)) {
                throw failure(null);
            }
        }
    }

    private ServiceBusSenderAsyncClient sender(int round) {
        try {
            return senders.client();
        } catch (RuntimeException e) { // the publisher was closed, or the supplier of clients failed
            throw round == 1 ? e : failure(e);
        }
    }

    private void send(List<StreamSender> left, ServiceBusSenderAsyncClient sender) {
        // After one timeout, the batches in progress will also time out, and starting more would multiply the wait.
        AtomicBoolean unanswered = new AtomicBoolean();
        try {
            Flux.fromIterable(left)
                    .takeWhile(stream -> !unanswered.get())
                    .flatMap(
                            stream -> stream.send(sender, sendTimeout)
                                    .doOnTerminate(() -> unanswered.compareAndSet(
                                            false,
                                            stream.failure() != null
                                                    && !stream.kind().acceptedNothing())),
                            parallelStreams)
                    .blockLast();
        } catch (RuntimeException e) { // the thread was interrupted
            senders.discard(sender);
            throw failure(e);
        }
    }

    private boolean pause(int round) {
        long longest = BACKOFF.after(round).toMillis();
        long millis = longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1);
        long left = timeout.toMillis() - (System.nanoTime() - startNanos) / 1_000_000;
        if (left <= millis) {
            return false;
        }
        log.debug("publish retried entity={} round={}", senders.entity(), round + 1);
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private EventPublishException failure(@Nullable Throwable thrown) {
        Map<String, Delivery> deliveries = new HashMap<>();
        streams.forEach(stream -> stream.report(deliveries));
        long sent = deliveries.values().stream().filter(Delivery.SENT::equals).count();
        String reason = thrown == null ? "" : "sending was interrupted";
        @Nullable Throwable cause = thrown;
        for (StreamSender stream : streams) {
            if (reason.isEmpty() && !stream.impossible().isEmpty()) {
                reason = stream.impossible();
            } else if (cause == null && stream.failure() != null) {
                cause = stream.failure();
                reason = reason.isEmpty() ? stream.kind().text() : reason;
            }
        }
        return new EventPublishException(
                sent + " of " + deliveries.size() + " events were published to " + senders.entity() + ": " + reason,
                deliveries,
                cause);
    }
}
