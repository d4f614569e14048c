package io.daybook.servicebus.testserver;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.core.persistence.OperationContext;
import org.apache.activemq.artemis.protocol.amqp.proton.AMQPConnectionContext;
import org.apache.activemq.artemis.protocol.amqp.proton.AMQPSessionContext;
import org.apache.activemq.artemis.protocol.amqp.proton.AmqpSupport;
import org.apache.activemq.artemis.protocol.amqp.proton.handler.EventHandler;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.jspecify.annotations.Nullable;

/** A client's connection, whose links are opened here rather than by Artemis. */
final class BrokerConnection implements EventHandler {

    private static final String MANAGEMENT = "/$management";
    private static final Symbol TIMEOUT = Symbol.valueOf("com.microsoft:timeout");
    private static final String NOT_FOUND = "amqp:not-found";
    private static final long SESSION_POLL_MILLIS = 20;

    private final EmbeddedBroker broker;
    private final Management management;
    private final AMQPConnectionContext connection;
    private final Map<String, Sender> replies = new ConcurrentHashMap<>();
    private final Set<ProducerLink> producers = ConcurrentHashMap.newKeySet();
    private final Set<ConsumerLink> consumers = ConcurrentHashMap.newKeySet();
    private final Set<Sender> ofSessions = ConcurrentHashMap.newKeySet();

    BrokerConnection(EmbeddedBroker broker, AMQPConnectionContext connection) {
        this.broker = broker;
        this.management = new Management(broker);
        this.connection = connection;
    }

    Set<ProducerLink> producers() {
        return producers;
    }

    Set<ConsumerLink> consumers() {
        return consumers;
    }

    /** It is no more, so it holds no sessions. */
    void ended() {
        broker.entities().all().forEach(entity -> entity.unlock(ofSessions));
    }

    void cut() {
        connection.getConnectionCallback().getTransportConnection().forceClose();
    }

    /** Artemis leaves what the links had received with them unless they are closed first. */
    void close(String condition) {
        consumers.forEach(consumer -> consumer.detach(condition));
        connection.runLater(() -> connection.runLater(
                () -> connection.close(new ErrorCondition(Symbol.valueOf(condition), "A fault of the broker"))));
    }

    @Override
    public void onInit(Link link) {
        link.attachments().set(AmqpSupport.AMQP_LINK_INITIALIZER_KEY, Runnable.class, () -> open(link));
    }

    private void open(Link link) {
        if (link.getRemoteSource() instanceof Source source && source.getAddress() != null) {
            // The SDK for JavaScript writes Subscriptions; the service ignores case.
            source.setAddress(source.getAddress().replace("/Subscriptions/", "/subscriptions/"));
        }
        if (link.getRemoteTarget() instanceof Target target && target.getAddress() != null) {
            target.setAddress(target.getAddress().replace("/Subscriptions/", "/subscriptions/"));
        }
        link.setSource(link.getRemoteSource());
        link.setTarget(link.getRemoteTarget());
        String address = link instanceof Receiver
                ? ((Target) link.getRemoteTarget()).getAddress()
                : ((Source) link.getRemoteSource()).getAddress();
        if (address.equals("$cbs")) {
            new RequestLink(connection, link, replies, management::token).open();
            return;
        }
        boolean requests = address.endsWith(MANAGEMENT);
        Entity entity = broker.entities()
                .find(requests ? address.substring(0, address.length() - MANAGEMENT.length()) : address);
        if (entity == null) {
            refuse(link, NOT_FOUND, notFound(address));
        } else if (requests) {
            new RequestLink(connection, link, replies, request -> management.answer(entity, request)).open();
        } else {
            open(link, entity);
        }
    }

    /** The SDK looks for this text. */
    private static String notFound(String address) {
        return "The messaging entity '" + address + "' could not be found.";
    }

    private void open(Link link, Entity entity) {
        ServiceBusFault fault = broker.faults().take(entity.name(), ServiceBusFault.Stage.ATTACH);
        if (fault != null && fault.kind == ServiceBusFault.Kind.IGNORE_ATTACH) {
            return;
        }
        if (fault != null && fault.kind == ServiceBusFault.Kind.REFUSE_ATTACH) {
            refuse(link, fault.condition(), fault.condition().equals(NOT_FOUND) ? notFound(entity.name()) : "A fault");
            return;
        }
        try {
            AMQPSessionContext session = connection.getSessionExtension(link.getSession());
            if (link instanceof Receiver receiver) {
                receiver.setMaxMessageSize(UnsignedLong.valueOf(broker.maxMessageSize()));
                ProducerLink producer = session.addReceiver(
                        receiver,
                        (context, proton) -> new ProducerLink(broker, session, receiver, entity, fault != null));
                if (producer != null) {
                    producers.add(producer);
                }
            } else {
                consume(session, (Sender) link, entity);
            }
        } catch (Exception e) {
            refuse(link, "amqp:internal-error", e.toString());
        }
    }

    private void consume(AMQPSessionContext context, Sender sender, Entity entity) throws Exception {
        Map<?, ?> filter = ((Source) sender.getRemoteSource()).getFilter();
        if (filter == null || !filter.containsKey(ConsumerLink.SESSION_FILTER)) {
            if (entity.requiresSessions()) {
                refuse(sender, "amqp:not-allowed", "An entity that requires sessions has no receivers without one.");
            } else {
                context.addSender(
                        sender,
                        (session, link) -> added(new ConsumerLink(broker, session, link, entity, null, sender)));
            }
            return;
        }
        ofSessions.add(sender);
        Object timeout = sender.getRemoteProperties() == null
                ? null
                : sender.getRemoteProperties().get(TIMEOUT);
        long millis = timeout instanceof Number number ? number.longValue() : 60_000;
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        accept(context, sender, entity, (String) filter.get(ConsumerLink.SESSION_FILTER), deadline);
    }

    private ConsumerLink added(ConsumerLink consumer) {
        consumers.add(consumer);
        return consumer;
    }

    /** Whether a link can still be opened. One that was canceled with its connection would hold a session forever. */
    private boolean isWanted(Sender sender) {
        return sender.getRemoteState() == EndpointState.ACTIVE
                && sender.getSession().getRemoteState() == EndpointState.ACTIVE
                && sender.getSession().getConnection().getRemoteState() == EndpointState.ACTIVE
                && broker.connections().has(this);
    }

    /** Opens the link for the session, or if that is null for the first that is free; waits until there is one. */
    @SuppressWarnings("FutureReturnValueIgnored") // a failure refuses the link
    private void accept(
            AMQPSessionContext context, Sender sender, Entity entity, @Nullable String wanted, long deadline)
            throws Exception {
        if (!isWanted(sender)) {
            return;
        }
        String session = wanted;
        if (wanted == null) {
            session = broker.contents(entity.name()).sessionsAtRest().stream()
                    .filter(group -> entity.lock(group, sender, broker.lockDuration()))
                    .findFirst()
                    .orElse(null);
        } else if (!entity.lock(wanted, sender, broker.lockDuration())) {
            refuse(sender, "com.microsoft:session-cannot-be-locked", "The session '" + wanted + "' is locked.");
            return;
        }
        if (session != null && !broker.connections().has(this)) {
            entity.unlock(session, sender); // the connection has ended
        } else if (session != null) {
            String locked = session;
            context.addSender(sender, (c, link) -> added(new ConsumerLink(broker, c, link, entity, locked, sender)));
        } else if (System.nanoTime() > deadline) {
            refuse(sender, "com.microsoft:timeout", "No session became free in time.");
        } else {
            Runnable again = () -> {
                OperationContext old = context.getSessionSPI().recoverContext();
                try {
                    accept(context, sender, entity, null, deadline);
                } catch (Exception e) {
                    refuse(sender, "amqp:internal-error", e.toString());
                } finally {
                    context.getSessionSPI().resetContext(old);
                }
            };
            context.getServer()
                    .getScheduledPool()
                    .schedule(() -> connection.runNow(again), SESSION_POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void refuse(Link link, String condition, String description) {
        if (link instanceof Receiver) {
            link.setTarget(null);
        } else {
            link.setSource(null);
        }
        link.setCondition(new ErrorCondition(Symbol.valueOf(condition), description));
        link.open();
        link.close();
        connection.flush();
    }

    @Override
    public void onRemoteClose(Link link) {
        forget(link);
    }

    @Override
    public void onLocalClose(Link link) {
        forget(link);
    }

    private void forget(Link link) {
        if (link.getContext() instanceof ProducerLink producer) {
            producers.remove(producer);
        }
        if (link.getContext() instanceof ConsumerLink consumer) {
            consumers.remove(consumer);
        }
    }
}
