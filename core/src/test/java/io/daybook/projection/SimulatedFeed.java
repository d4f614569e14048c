package io.daybook.projection;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.ScanPage;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import io.daybook.subscription.SubscriptionStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A log of what was appended and deleted, the feed that follows it, and its scan. It delivers on request. */
final class SimulatedFeed implements EventFeed {

    private record Entry(StreamId stream, @Nullable EventEnvelope event, long version) {}

    private final Random random;
    private final SimulatedWorkers workers;
    private final SimulatedStreams streams;
    private final List<Entry> log = new ArrayList<>();
    private final Map<String, Integer> positions = new HashMap<>();
    private final Set<Following> open = new HashSet<>();

    SimulatedFeed(Random random, SimulatedWorkers workers, SimulatedStreams streams) {
        this.random = random;
        this.workers = workers;
        this.streams = streams;
    }

    void append(StreamId stream) {
        streams.append(stream);
        List<EventEnvelope> events = streams.events(stream);
        log.add(new Entry(stream, events.get(events.size() - 1), events.size()));
    }

    void delete(StreamId stream) {
        streams.delete(stream);
        log.add(new Entry(stream, null, streams.events(stream).size()));
    }

    private void call() {
        if (workers.yield() != SimulatedWorkers.Fate.ANSWERED) {
            throw new EventStoreUnavailableException("simulated", Outcome.NOT_STORED, null, null);
        }
    }

    ScanPage scan(int range, String after) {
        call();
        List<EventEnvelope> events = new ArrayList<>();
        Map<StreamId, Long> deletions = new HashMap<>();
        int from = after.isEmpty() ? 0 : Integer.parseInt(after);
        int to = Math.min(log.size(), from + 1 + random.nextInt(4));
        for (Entry entry : log.subList(from, to)) {
            if (Math.floorMod(entry.stream().hashCode(), 2) != range) {
                continue;
            }
            if (entry.event() == null) {
                deletions.put(entry.stream(), entry.version());
            } else if (!streams.isDeleted(entry.stream())) {
                events.add(entry.event());
            }
        }
        return new ScanPage(events, deletions, to == log.size() ? "" : "" + to, log.size() - to);
    }

    @Override
    public Subscription subscribe(String name, SubscriptionOptions options, EventHandler handler) {
        call();
        positions.putIfAbsent(name, options.start() == StartPosition.NOW ? log.size() : 0);
        Following following = new Following(name, handler);
        open.add(following);
        return following;
    }

    @Override
    public void forget(String name) {
        call();
        if (open.stream().anyMatch(each -> each.name.equals(name))) {
            throw new IllegalStateException("a subscription " + name + " is active");
        }
        positions.remove(name);
    }

    /** What one instance follows. */
    final class Following implements Subscription {
        private final String name;
        private final EventHandler handler;

        private Following(String name, EventHandler handler) {
            this.name = name;
            this.handler = handler;
        }

        boolean isOpen() {
            return open.contains(this);
        }

        /** Delivers some events, and keeps the position if the handler returns. */
        void deliver() throws Exception {
            int from = positions.getOrDefault(name, 0);
            int to = Math.min(log.size(), from + 1 + random.nextInt(4));
            List<EventEnvelope> events = new ArrayList<>();
            for (Entry entry : List.copyOf(log.subList(from, to))) {
                if (entry.event() != null) {
                    events.add(entry.event());
                } else {
                    handle(events);
                    handler.deleted(entry.stream(), entry.version());
                    events.clear();
                }
            }
            handle(events);
            positions.computeIfPresent(name, (same, position) -> Math.max(position, to));
        }

        private void handle(List<EventEnvelope> events) throws Exception {
            if (!events.isEmpty()) {
                handler.handle(List.copyOf(events));
            }
        }

        @Override
        public SubscriptionStatus status() {
            int lag = log.size() - positions.getOrDefault(name, 0);
            return SubscriptionStatus.of(SubscriptionStatus.State.RUNNING, lag, lag == 0, "");
        }

        @Override
        public List<ParkedStream> parked() {
            return List.of();
        }

        @Override
        public int retryParked() {
            return 0;
        }

        @Override
        public void close() {
            open.remove(this);
        }

        @Override
        public boolean close(Duration timeout) {
            close();
            return true;
        }
    }

    /** The open subscriptions of a name. */
    List<Following> following(String name) {
        return open.stream().filter(each -> each.name.equals(name)).toList();
    }
}
