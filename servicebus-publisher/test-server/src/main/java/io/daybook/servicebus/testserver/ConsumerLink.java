package io.daybook.servicebus.testserver;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.protocol.amqp.exceptions.ActiveMQAMQPException;
import org.apache.activemq.artemis.protocol.amqp.proton.AMQPSessionContext;
import org.apache.activemq.artemis.protocol.amqp.proton.AmqpJmsSelectorFilter;
import org.apache.activemq.artemis.protocol.amqp.proton.AmqpSupport;
import org.apache.activemq.artemis.protocol.amqp.proton.ProtonServerSenderContext;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Sender;
import org.jspecify.annotations.Nullable;

/** The link of a client that receives: from a queue or a subscription, or from one of its sessions. */
final class ConsumerLink extends ProtonServerSenderContext {

    static final Symbol SESSION_FILTER = Symbol.valueOf("com.microsoft:session-filter");
    private static final Symbol LOCKED_UNTIL = Symbol.valueOf("com.microsoft:locked-until-utc");
    private static final long TICKS_OF_1970 = 621_355_968_000_000_000L;

    private final EmbeddedBroker broker;
    private final Entity entity;
    private final @Nullable String session;
    private final Object owner;

    /** A null session means the link is not for a session; otherwise its owner has locked it. */
    ConsumerLink(
            EmbeddedBroker broker,
            AMQPSessionContext context,
            Sender sender,
            Entity entity,
            @Nullable String session,
            Object owner) {
        super(context.getAMQPConnectionContext(), sender, context, context.getSessionSPI());
        this.broker = broker;
        this.entity = entity;
        this.session = session;
        this.owner = owner;
    }

    @Override
    public void initialize() throws Exception {
        Source source = (Source) sender.getRemoteSource();
        String locked = session;
        if (locked == null) {
            source.setFilter(null);
            super.initialize();
            return;
        }
        Map<Symbol, Object> selector = new HashMap<>();
        selector.put(
                AmqpSupport.JMS_SELECTOR_NAME,
                new AmqpJmsSelectorFilter("JMSXGroupID='" + locked.replace("'", "''") + "'"));
        source.setFilter(selector);
        super.initialize();
        Map<Symbol, Object> filter = new HashMap<>();
        filter.put(SESSION_FILTER, locked);
        source.setFilter(filter);
        Map<Symbol, Object> properties = new HashMap<>();
        properties.put(
                LOCKED_UNTIL,
                TICKS_OF_1970
                        + (System.currentTimeMillis() + broker.lockDuration().toMillis()) * 10_000);
        sender.setProperties(properties);
        detachWhenExpired(locked);
    }

    /** The lock of a session ends unless it is renewed in time. */
    @SuppressWarnings("FutureReturnValueIgnored") // the pool ends with the server
    private void detachWhenExpired(String locked) {
        long nanos = entity.lockedNanos(locked, owner);
        if (nanos > 0) {
            protonSession
                    .getServer()
                    .getScheduledPool()
                    .schedule(() -> detachWhenExpired(locked), nanos, TimeUnit.NANOSECONDS);
        } else if (!isClosed()) {
            detach("com.microsoft:session-lock-lost");
        }
    }

    /** Ends the link from this side, so its messages are redelivered. */
    void detach(String condition) {
        connection.runNow(() -> {
            try {
                close(new ErrorCondition(Symbol.valueOf(condition), "A fault of the broker"));
            } catch (ActiveMQAMQPException e) {
                throw new IllegalStateException(e);
            }
            connection.flush();
        });
    }

    String entity() {
        return entity.name();
    }

    @Override
    public int deliverMessage(MessageReference reference, ServerConsumer consumer) throws Exception {
        // The SDK reads tags as lock tokens, which have 16 bytes; the session takes returned tags before new ones.
        UUID token = UUID.randomUUID();
        protonSession.replaceTag(ByteBuffer.allocate(16)
                .putLong(token.getMostSignificantBits())
                .putLong(token.getLeastSignificantBits())
                .array());
        return super.deliverMessage(reference, consumer);
    }

    @Override
    public void onMessage(Delivery delivery) throws ActiveMQAMQPException {
        DeliveryState state = delivery.getRemoteState();
        ServiceBusFault fault = broker.faults().take(entity.name(), ServiceBusFault.Stage.SETTLEMENT);
        if (fault != null && fault.kind == ServiceBusFault.Kind.IGNORE_SETTLEMENT) {
            return;
        }
        if (fault != null && fault.kind == ServiceBusFault.Kind.REFUSE_SETTLEMENT) {
            Rejected refused = new Rejected();
            refused.setError(new ErrorCondition(Symbol.valueOf(fault.condition()), "A fault of the broker"));
            delivery.disposition(refused);
            connection.flush();
            return;
        }
        if (state instanceof Modified modified) {
            // An abandoned message counts as delivered.
            modified.setDeliveryFailed(true);
            if (modified.getMessageAnnotations() != null
                    && delivery.getContext() instanceof MessageReference reference) {
                explain(reference.getMessage(), modified.getMessageAnnotations());
            }
        }
        if (state instanceof Rejected rejected
                && rejected.getError() != null
                && rejected.getError().getInfo() != null
                && delivery.getContext() instanceof MessageReference reference) {
            explain(reference.getMessage(), rejected.getError().getInfo());
        }
        if (state != null && fault == null) {
            // The SDK waits for an outcome.
            delivery.disposition(state);
        }
        super.onMessage(delivery);
        if (fault != null) {
            connection.getConnectionCallback().getTransportConnection().forceClose();
        }
    }

    /** Adds the properties that a receiver gives a message, such as the reason of a dead letter. */
    private static void explain(Message message, Map<?, ?> info) {
        info.forEach((name, value) -> message.putStringProperty(name.toString(), String.valueOf(value)));
        message.reencode();
    }

    @Override
    public void close(ErrorCondition condition) throws ActiveMQAMQPException {
        super.close(condition);
        unlock();
    }

    @Override
    public void close(boolean remoteLinkClose) throws ActiveMQAMQPException {
        super.close(remoteLinkClose);
        unlock();
    }

    /** Later, since the messages that were not settled go back to the queue later too. */
    private void unlock() {
        String locked = session;
        if (locked != null) {
            connection.runLater(() -> entity.unlock(locked, owner));
        }
    }
}
