package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusSenderAsyncClient;
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

/** One call of publish: rounds of sending, until everything is acknowledged or cannot be, or the timeout is reached. */
final class Publication {

    private static final Logger log = LoggerFactory.getLogger(ServiceBusEventPublisher.class);
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final SharedClient<ServiceBusSenderAsyncClient> senders;
    private final List<StreamSending> streams;
    private final int parallelStreams;
    private final Duration timeout;
    private final Duration sendTimeout;
    private final long startNanos = System.nanoTime();

    Publication(
            SharedClient<ServiceBusSenderAsyncClient> senders,
            List<StreamSending> streams,
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
            List<StreamSending> left =
                    streams.stream().filter(StreamSending::mayBeRetried).toList();
            ServiceBusSenderAsyncClient sender = sender(round);
            send(left, sender);
            if (streams.stream().allMatch(StreamSending::isDone)) {
                return;
            }
            if (left.stream()
                    .anyMatch(stream ->
                            stream.failure() != null && !stream.meaning().nothingTaken())) {
                senders.discard(sender);
            }
            if (streams.stream().noneMatch(StreamSending::mayBeRetried) || !pause(round)) {
                throw failure(null);
            }
        }
    }

    private ServiceBusSenderAsyncClient sender(int round) {
        try {
            return senders.client();
        } catch (RuntimeException e) { // the publisher was closed, or the user's supplier failed
            throw round == 1 ? e : failure(e);
        }
    }

    private void send(List<StreamSending> left, ServiceBusSenderAsyncClient sender) {
        // Where one had no answer, those that are under way wait as long, and to begin with more would multiply that.
        AtomicBoolean unanswered = new AtomicBoolean();
        try {
            Flux.fromIterable(left)
                    .takeWhile(stream -> !unanswered.get())
                    .flatMap(
                            stream -> stream.send(sender, sendTimeout)
                                    .doOnTerminate(() -> unanswered.compareAndSet(
                                            false,
                                            stream.failure() != null
                                                    && !stream.meaning().nothingTaken())),
                            parallelStreams)
                    .blockLast();
        } catch (RuntimeException e) { // the thread was interrupted, or may not wait
            senders.discard(sender);
            throw failure(e);
        }
    }

    private boolean pause(int round) {
        long longest = Math.min(LONGEST_PAUSE_MILLIS, 50L << Math.min(round, 7));
        long millis = longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1);
        long left = timeout.toMillis() - (System.nanoTime() - startNanos) / 1_000_000;
        if (left <= millis) {
            return false;
        }
        log.debug("publication tried again entity={} round={}", senders.entity(), round + 1);
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
        streams.forEach(stream -> stream.tell(deliveries));
        long sent = deliveries.values().stream().filter(Delivery.SENT::equals).count();
        String reason = thrown == null ? "" : "the sending was broken off";
        @Nullable Throwable cause = thrown;
        for (StreamSending stream : streams) {
            if (reason.isEmpty() && !stream.impossible().isEmpty()) {
                reason = stream.impossible();
            } else if (cause == null && stream.failure() != null) {
                cause = stream.failure();
                reason = reason.isEmpty() ? stream.meaning().text() : reason;
            }
        }
        return new EventPublishException(
                sent + " of " + deliveries.size() + " events were published to " + senders.entity() + ": " + reason,
                deliveries,
                cause);
    }
}
