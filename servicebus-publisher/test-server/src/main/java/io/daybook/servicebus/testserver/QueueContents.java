package io.daybook.servicebus.testserver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.protocol.amqp.broker.AMQPMessage;
import org.apache.activemq.artemis.utils.collections.LinkedListIterator;

/** The messages that a queue has: those that wait, and those that a receiver holds. */
final class QueueContents {

    private static final int MAX_TRIES = 10_000;

    private final Queue queue;

    QueueContents(Queue queue) {
        this.queue = queue;
    }

    /** All of them, in their order. */
    @SuppressWarnings("ThreadPriorityCheck") // only the time depends on the scheduler
    List<AMQPMessage> all() {
        Set<AMQPMessage> messages = new LinkedHashSet<>();
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            flush();
            messages.clear();
            messages.addAll(waiting());
            messages.addAll(held());
            if (messages.size() == count()) {
                break; // otherwise some are just being given back, and are in neither place
            }
            Thread.yield(); // to the thread that returns them
        }
        return messages.stream()
                .sorted(Comparator.comparingLong(AMQPMessage::getMessageID))
                .toList();
    }

    /** How many there are, without those that wait for their scheduled time. */
    private long count() {
        return queue.getMessageCount() - queue.getScheduledCount();
    }

    /** Those that wait for their scheduled time, which Artemis keeps apart. */
    List<AMQPMessage> scheduled() {
        return queue.getScheduledMessages().stream()
                .map(reference -> (AMQPMessage) reference.getMessage())
                .toList();
    }

    void enqueueScheduled() throws Exception {
        for (AMQPMessage message : scheduled()) {
            queue.deliverScheduledMessage(message.getMessageID());
        }
    }

    /** Deletes those with these sequence numbers that have not been enqueued yet. */
    void cancelScheduled(long... sequenceNumbers) {
        for (AMQPMessage message : scheduled()) {
            long number = Messages.read(message).sequenceNumber();
            if (Arrays.stream(sequenceNumbers).anyMatch(canceled -> canceled == number)) {
                delete(message);
            }
        }
    }

    private void delete(AMQPMessage message) {
        try {
            queue.deleteReference(message.getMessageID());
        } catch (Exception e) { // whatever Artemis throws
            throw new IllegalStateException(e);
        }
    }

    /** The sessions that have messages, but not those whose receiver has not given back all of its messages yet. */
    Set<String> sessionsAtRest() {
        flush();
        List<AMQPMessage> waiting = waiting();
        List<AMQPMessage> held = held();
        Set<String> sessions = new LinkedHashSet<>();
        if (waiting.size() + held.size() == count()) {
            waiting.forEach(message -> sessions.add(session(message)));
            held.forEach(message -> sessions.remove(session(message)));
            sessions.remove("");
        }
        return sessions;
    }

    private static String session(AMQPMessage message) {
        return message.getGroupID() == null ? "" : message.getGroupID().toString();
    }

    private List<AMQPMessage> waiting() {
        List<AMQPMessage> messages = new ArrayList<>();
        try (LinkedListIterator<MessageReference> references = queue.browserIterator()) {
            while (references.hasNext()) {
                messages.add((AMQPMessage) references.next().getMessage());
            }
        }
        return messages;
    }

    private List<AMQPMessage> held() {
        return queue.getDeliveringMessages().values().stream()
                .flatMap(List::stream)
                .map(reference -> (AMQPMessage) reference.getMessage())
                .toList();
    }

    /** What was stored before becomes visible; Artemis' own flush does not wait for that. */
    private void flush() {
        CountDownLatch latch = new CountDownLatch(1);
        queue.getExecutor().execute(latch::countDown);
        try {
            latch.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
