package io.daybook.servicebus;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sessions whose events this subscription is delivering. A session that is lost while its handler runs may be
 * accepted again before the handler has returned; it waits here, so that two threads never call the handler for the
 * same stream.
 */
final class OpenSessions {

    private final Map<String, MessageReceiver> open = new ConcurrentHashMap<>();

    /** Returns whether the receiver now has its session to itself; without sessions, it always does. */
    boolean enter(MessageReceiver receiver) {
        return !receiver.isOfSession() || open.putIfAbsent(receiver.session(), receiver) == null;
    }

    /** Returns the receiver that has a session to itself. */
    Optional<MessageReceiver> find(String session) {
        return Optional.ofNullable(open.get(session));
    }

    /** Releases what {@link #enter} acquired; does nothing if it acquired nothing. */
    void leave(MessageReceiver receiver) {
        open.remove(receiver.session(), receiver);
    }
}
