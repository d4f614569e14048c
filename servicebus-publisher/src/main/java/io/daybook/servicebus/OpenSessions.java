package io.daybook.servicebus;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sessions whose events this subscription delivers now. A session that was lost while its handler ran is accepted again before the
 * handler has returned; it waits here, so the handler is never called for one stream by two threads.
 */
final class OpenSessions {

    private final Map<String, MessageReceiver> open = new ConcurrentHashMap<>();

    /** Returns whether the receiver has its session to itself now; without sessions it always has. */
    boolean enter(MessageReceiver receiver) {
        return !receiver.isOfSession() || open.putIfAbsent(receiver.session(), receiver) == null;
    }

    /** Returns the receiver that has a session to itself. */
    Optional<MessageReceiver> find(String session) {
        return Optional.ofNullable(open.get(session));
    }

    /** Ends what {@link #enter} began; does nothing if it did not. */
    void leave(MessageReceiver receiver) {
        open.remove(receiver.session(), receiver);
    }
}
