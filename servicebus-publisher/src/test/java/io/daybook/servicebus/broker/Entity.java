package io.daybook.servicebus.broker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.qpid.proton.amqp.Binary;

/** A queue, a topic or a subscription, and what the broker remembers about it while it is down. */
final class Entity {

    private final String name;
    private final boolean topic;
    private final boolean detectsDuplicates;
    private final Set<String> stored = new HashSet<>();
    private final Map<String, Object> sessions = new HashMap<>();
    private final Map<String, Binary> states = new HashMap<>();
    private final List<Integer> transfers = new ArrayList<>();
    private long sequence;
    private int renewals;

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
    synchronized boolean isDuplicate(Object messageId) {
        return detectsDuplicates && messageId != null && stored.contains(messageId.toString());
    }

    synchronized void stored(Object messageId) {
        if (detectsDuplicates && messageId != null) {
            stored.add(messageId.toString());
        }
    }

    synchronized void transferred(int messages) {
        transfers.add(messages);
    }

    synchronized List<Integer> transfers() {
        return List.copyOf(transfers);
    }

    synchronized void renewed() {
        renewals++;
    }

    synchronized int renewals() {
        return renewals;
    }

    synchronized boolean lock(String session, Object owner) {
        return sessions.putIfAbsent(session, owner) == null;
    }

    synchronized void unlock(String session, Object owner) {
        sessions.remove(session, owner);
    }

    synchronized void unlockAll() {
        sessions.clear();
    }

    synchronized Binary state(String session) {
        return states.get(session);
    }

    synchronized void setState(String session, Binary state) {
        if (state == null) {
            states.remove(session);
        } else {
            states.put(session, state);
        }
    }
}
