package io.daybook.servicebus.testserver;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.qpid.proton.amqp.Binary;
import org.jspecify.annotations.Nullable;

/** A queue, a topic or a subscription, and what the broker remembers about it while it is down. */
final class Entity {

    private final String name;
    private final boolean topic;
    private final boolean detectsDuplicates;
    private final Set<String> stored = new HashSet<>();
    private final Map<String, Lock> sessions = new HashMap<>();
    private final Map<String, Integer> acceptances = new HashMap<>();
    private final Map<String, Binary> states = new HashMap<>();
    private final List<Integer> transfers = new ArrayList<>();
    private long sequence;
    private int renewals;
    private int mixed;
    private int peeks;
    private volatile boolean requiresSessions;

    private record Lock(Object owner, long untilNanos) {}

    Entity(String name, boolean topic, boolean detectsDuplicates) {
        this.name = name;
        this.topic = topic;
        this.detectsDuplicates = detectsDuplicates;
    }

    String name() {
        return name;
    }

    boolean isTopic() {
        return topic;
    }

    boolean detectsDuplicates() {
        return detectsDuplicates;
    }

    synchronized long next() {
        return ++sequence;
    }

    /** Whether a message with this id was stored before. */
    synchronized boolean isDuplicate(@Nullable Object messageId) {
        return detectsDuplicates && messageId != null && stored.contains(messageId.toString());
    }

    synchronized void stored(@Nullable Object messageId) {
        if (detectsDuplicates && messageId != null) {
            stored.add(messageId.toString());
        }
    }

    boolean requiresSessions() {
        return requiresSessions;
    }

    void requireSessions() {
        requiresSessions = true;
    }

    /** The envelope of a batch names one session; whether the messages are all of that one. */
    synchronized void transferred(int messages, boolean ofOneSession) {
        transfers.add(messages);
        mixed += ofOneSession ? 0 : 1;
    }

    synchronized int mixed() {
        return mixed;
    }

    synchronized List<Integer> transfers() {
        return List.copyOf(transfers);
    }

    synchronized void peeked() {
        peeks++;
    }

    synchronized int peeks() {
        return peeks;
    }

    synchronized void renewed() {
        renewals++;
    }

    synchronized int renewals() {
        return renewals;
    }

    synchronized boolean lock(String session, Object owner, Duration duration) {
        boolean locked = sessions.putIfAbsent(session, lockOf(owner, duration)) == null;
        if (locked) {
            acceptances.merge(session, 1, Integer::sum);
        }
        return locked;
    }

    synchronized int acceptances(String session) {
        return acceptances.getOrDefault(session, 0);
    }

    private static Lock lockOf(Object owner, Duration duration) {
        return new Lock(owner, System.nanoTime() + duration.toNanos());
    }

    synchronized void extend(String session, Duration duration) {
        sessions.computeIfPresent(session, (name, lock) -> lockOf(lock.owner(), duration));
    }

    /** How long a lock lasts, 0 or less if it does not any more. */
    synchronized long lockedNanos(String session, Object owner) {
        Lock lock = sessions.get(session);
        return lock == null || lock.owner() != owner ? 0 : lock.untilNanos() - System.nanoTime();
    }

    synchronized void unlock(String session, Object owner) {
        sessions.computeIfPresent(session, (name, lock) -> lock.owner() == owner ? null : lock);
    }

    synchronized void unlock(Set<?> owners) {
        sessions.values().removeIf(lock -> owners.contains(lock.owner()));
    }

    synchronized void unlockAll() {
        sessions.clear();
    }

    synchronized @Nullable Binary state(String session) {
        return states.get(session);
    }

    synchronized void setState(String session, @Nullable Binary state) {
        if (state == null) {
            states.remove(session);
        } else {
            states.put(session, state);
        }
    }
}
