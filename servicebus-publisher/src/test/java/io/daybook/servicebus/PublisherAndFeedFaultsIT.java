package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static io.daybook.servicebus.StoredEvents.counted;
import static io.daybook.servicebus.StoredEvents.stream;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.AppliedEvents;
import io.daybook.event.EventEnvelope;
import io.daybook.publishing.EventPublishException;
import io.daybook.servicebus.testserver.ServiceBusFault;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.IdempotentEventHandler;
import io.daybook.subscription.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** From the publisher to the consumer's effects, while consumers come and go and the broker shows faults at random. */
class PublisherAndFeedFaultsIT extends FeedFixture {

    private static final long SEED = Long.getLong("daybook.seed", 20_260_102);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int TURNS = 25;
    private static final int STREAMS = 20;
    private static final int INSTANCES = 3;

    private final long[] published = new long[STREAMS];
    private final AppliedEvents applied = new AppliedEvents();
    private final AtomicLong total = new AtomicLong();
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicLong handed = new AtomicLong();

    private static List<ServiceBusFault> ofSending() {
        return List.of(
                ServiceBusFault.reject("com.microsoft:server-busy"),
                ServiceBusFault.reject("amqp:internal-error"),
                ServiceBusFault.release(),
                ServiceBusFault.detach("amqp:link:detach-forced"),
                ServiceBusFault.cutBeforeStoring(),
                ServiceBusFault.cutAfterStoring(),
                ServiceBusFault.loseAnswer(),
                ServiceBusFault.refuseAttach("com.microsoft:server-busy"),
                ServiceBusFault.withholdCredit());
    }

    private static List<ServiceBusFault> ofReceiving() {
        return List.of(
                ServiceBusFault.refuseSettlement("com.microsoft:session-lock-lost"),
                ServiceBusFault.refuseSettlement("amqp:internal-error"),
                ServiceBusFault.cutAfterSettling(),
                ServiceBusFault.refuseAttach("com.microsoft:server-busy"),
                ServiceBusFault.refuseToken(500));
    }

    private static ServiceBusFault any(List<ServiceBusFault> faults, Random random) {
        return faults.get(random.nextInt(faults.size()));
    }

    private void publishUntil(AtomicBoolean stop) {
        Random random = new Random(SEED + 1);
        while (!stop.get()) {
            if (total.get() - applied.count() > 400) { // never far ahead
                await().until(() -> total.get() - applied.count() < 200 || stop.get());
            }
            int stream = random.nextInt(STREAMS);
            long from = published[stream] + 1;
            long to = from + random.nextInt(5);
            publishForCertain(counted("s" + stream, from, to));
            published[stream] = to;
            total.addAndGet(to - from + 1);
        }
    }

    /** As a relay does: the same events until they are acknowledged. */
    private void publishForCertain(List<EventEnvelope> events) {
        while (true) {
            try {
                publisher.publish(events);
                return;
            } catch (EventPublishException e) {
                refusals.incrementAndGet();
            }
        }
    }

    private Subscription consumer(Random chances) {
        EventHandler once = IdempotentEventHandler.of(applied);
        return feed().build().subscribe("billing", StartPosition.BEGINNING, events -> {
            int chance;
            synchronized (chances) {
                chance = chances.nextInt(1_000);
            }
            if (chance < 30) {
                throw new IllegalStateException("now and then");
            }
            once.handle(events);
            handed.addAndGet(events.size());
            if (chance > 970) {
                throw new IllegalStateException("after its effects");
            }
        });
    }

    private void breakSomething(Random random) throws Exception {
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> {
                ServiceBusFault fault = any(ofSending(), random);
                if (broker.faultsLeft(topic) == 0) { // more at once than can be retried away would only stop it
                    broker.show(topic, fault);
                }
            }
            case 3, 4, 5 -> broker.show(billing, any(ofReceiving(), random));
            case 6 -> broker.cutConnections();
            case 7 -> broker.closeConnections("amqp:connection:forced");
            case 8 -> broker.detachReceivers(billing, "com.microsoft:session-lock-lost");
            default -> {
                broker.kill();
                broker.restart();
            }
        }
    }

    @Test
    void applies_each_event_once_and_in_order_despite_faults_and_restarts() throws Exception {
        Random random = new Random(SEED);
        Random chances = new Random(SEED + 2);
        Subscription[] running = new Subscription[INSTANCES];
        running[0] = consumer(chances);
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        Future<?> publishing = executor.submit(() -> publishUntil(stop));
        int broken = 0;
        int changes = 0;
        try {
            for (int turn = 0; turn < TURNS; turn++) {
                int slot = random.nextInt(INSTANCES);
                if (random.nextInt(4) > 0) {
                    breakSomething(random);
                    broken++;
                } else if (running[slot] == null) {
                    running[slot] = consumer(chances);
                    changes++;
                } else {
                    running[slot].close();
                    running[slot] = null;
                    changes++;
                }
                // Half of the turns follow at once, so that faults meet; the others wait for work that needs a
                // consumer.
                long enough = handed.get() + Math.max(0, random.nextInt(100) - 50);
                if (Stream.of(running).anyMatch(Objects::nonNull)) {
                    await().pollInterval(Duration.ofMillis(10))
                            .until(() -> handed.get() >= enough || publishing.isDone());
                }
            }
            stop.set(true);
            publishing.get();
            broker.clearFaults();
            if (running[0] == null) {
                running[0] = consumer(chances);
            }
            await().until(() -> applied.count() == total.get());
            awaitEmpty();
        } finally {
            stop.set(true);
            executor.shutdownNow();
            System.out.println("seed " + SEED + ": " + total + " events, " + applied.count() + " applied, " + handed
                    + " delivered, " + broken + " faults, " + refusals + " publications refused, " + changes
                    + " consumers started or stopped");
            for (Subscription subscription : running) {
                if (subscription != null) {
                    subscription.close();
                }
            }
        }
        for (int stream = 0; stream < STREAMS; stream++) {
            assertThat(applied.of(stream("s" + stream))).isEqualTo(upTo(published[stream]));
        }
    }
}
