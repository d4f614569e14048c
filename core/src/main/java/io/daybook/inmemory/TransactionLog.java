package io.daybook.inmemory;

import io.daybook.event.EventMetadata;
import io.daybook.eventstore.StreamId;
import io.daybook.subscription.DeletedStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A log of all appends of a store, in commit order. Feeds follow it. */
final class TransactionLog {

    private final List<List<StoredEvent>> transactions = new ArrayList<>();
    private final NavigableMap<Integer, DeletedStream> deletions = new TreeMap<>(); // by the position in the log

    /** The result of a scan up to a position, with the size of the log. */
    record Scanned(List<StoredEvent> events, Map<StreamId, Long> deletions, int end, int size) {}

    synchronized void add(List<StoredEvent> transaction) {
        transactions.add(transaction);
        notifyAll();
    }

    /**
     * Removes the events of a stream and adds its deletion. Its transactions remain as empty entries, so that feeds
     * keep their positions.
     */
    synchronized void remove(StreamId stream, long version) {
        for (ListIterator<List<StoredEvent>> each = transactions.listIterator(); each.hasNext(); ) {
            List<StoredEvent> transaction = each.next();
            if (!transaction.isEmpty() && isOf(stream, transaction.get(0).metadata())) {
                each.set(List.of());
            }
        }
        deletions.put(transactions.size(), new DeletedStream(stream, version));
        transactions.add(List.of());
        notifyAll();
    }

    /** Returns the deletions between two positions, excluding the second. */
    synchronized List<DeletedStream> deletions(int from, int to) {
        return List.copyOf(deletions.subMap(from, to).values());
    }

    private static boolean isOf(StreamId stream, EventMetadata metadata) {
        return stream.aggregateType().equals(metadata.aggregateType())
                && stream.aggregateId().equals(metadata.aggregateId());
    }

    /** Returns the appends of a stream, in order. */
    synchronized List<List<StoredEvent>> of(StreamId stream) {
        return transactions.stream()
                .filter(append ->
                        !append.isEmpty() && isOf(stream, append.get(0).metadata()))
                .toList();
    }

    synchronized int size() {
        return transactions.size();
    }

    /** Returns the number of events and deletions from a position. */
    synchronized long lagFrom(int position) {
        long events = transactions.subList(position, transactions.size()).stream()
                .mapToLong(List::size)
                .sum();
        return events + deletions.tailMap(position).size();
    }

    /**
     * Returns whole transactions from a position: at least one if there is any, with about as many events as requested.
     */
    synchronized List<List<StoredEvent>> page(int position, int maxEvents) {
        int end = position;
        int count = 0;
        while (end < transactions.size() && count < maxEvents) {
            count += transactions.get(end).size();
            end++;
        }
        return List.copyOf(transactions.subList(position, end));
    }

    /** Returns the transactions of some aggregates from a position, with about as many events as requested. */
    synchronized Scanned scan(int position, int maxEvents, Predicate<String> aggregateIds) {
        List<StoredEvent> found = new ArrayList<>();
        Map<StreamId, Long> deleted = new HashMap<>();
        int end = position;
        for (; end < transactions.size() && found.size() < maxEvents; end++) {
            List<StoredEvent> transaction = transactions.get(end);
            DeletedStream deletion = transaction.isEmpty() ? deletions.get(end) : null;
            if (deletion != null && aggregateIds.test(deletion.stream().aggregateId())) {
                deleted.put(deletion.stream(), deletion.version());
            } else if (!transaction.isEmpty()
                    && aggregateIds.test(transaction.get(0).metadata().aggregateId())) {
                found.addAll(transaction);
            }
        }
        return new Scanned(found, deleted, end, transactions.size());
    }

    synchronized List<List<StoredEvent>> all() {
        return List.copyOf(transactions);
    }

    /** Waits until there is a transaction at a position, or the timeout has elapsed. */
    synchronized void await(int position, long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long left = millis;
        while (position >= transactions.size() && left > 0) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        }
    }
}
