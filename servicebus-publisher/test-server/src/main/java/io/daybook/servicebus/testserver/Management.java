package io.daybook.servicebus.testserver;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.artemis.protocol.amqp.broker.AMQPMessage;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.message.Message;

/** Answers what the SDK asks of {@code $cbs} and of an entity's {@code $management}, over one connection. */
final class Management {

    private final EmbeddedBroker broker;
    private final Set<String> ignoringStateReads = ConcurrentHashMap.newKeySet(); // names of entities

    Management(EmbeddedBroker broker) {
        this.broker = broker;
    }

    /** Accepts any token, except where a fault of the entity it is for says not to. */
    RequestLink.Answer token(Message request) {
        ServiceBusFault fault = broker.faults().take(audience(request), ServiceBusFault.Stage.TOKEN);
        return new RequestLink.Answer(fault == null ? 202 : fault.status, null);
    }

    private static String audience(Message request) {
        String name =
                String.valueOf(request.getApplicationProperties().getValue().get("name"));
        String path = name.replaceFirst("^[a-z]+://[^/]+/", "");
        return path.endsWith("/$management") ? path.substring(0, path.length() - "/$management".length()) : path;
    }

    @SuppressWarnings("unchecked")
    RequestLink.Answer answer(Entity entity, Message request) {
        String operation =
                String.valueOf(request.getApplicationProperties().getValue().get("operation"));
        if (operation.contains(":renew-")) {
            ServiceBusFault fault = broker.faults().take(entity.name(), ServiceBusFault.Stage.RENEWAL);
            if (fault != null) {
                return new RequestLink.Answer(fault.status, null);
            }
        }
        if (operation.endsWith(":set-session-state")) {
            ServiceBusFault fault = broker.faults().take(entity.name(), ServiceBusFault.Stage.STATE);
            if (fault != null) {
                if (fault.kind == ServiceBusFault.Kind.LOSE_STATE_ANSWER) {
                    setState(entity, request);
                }
                return new RequestLink.Answer(fault.status, null);
            }
        }
        if (operation.endsWith(":get-session-state") && ignoresStateReads(entity)) {
            return RequestLink.NO_ANSWER;
        }
        ServiceBusFault fault = operation.endsWith(":schedule-message")
                ? broker.faults().take(entity.name(), ServiceBusFault.Stage.SCHEDULE)
                : null;
        if (fault != null && fault.kind == ServiceBusFault.Kind.REFUSE_SCHEDULE) {
            return new RequestLink.Answer(fault.status, null);
        }
        Map<String, Object> body = (Map<String, Object>) ((AmqpValue) request.getBody()).getValue();
        Map<String, Object> answer = new HashMap<>();
        int status = 200;
        switch (operation.substring(operation.indexOf(':') + 1)) {
            case "renew-lock" -> {
                entity.renewed();
                Date[] expirations = new Date[((Object[]) required(body, "lock-tokens")).length];
                Arrays.fill(expirations, tomorrow());
                answer.put("expirations", expirations);
            }
            case "renew-session-lock" -> {
                entity.renewed();
                entity.extend((String) required(body, "session-id"), broker.lockDuration());
                answer.put("expiration", Date.from(Instant.now().plus(broker.lockDuration())));
            }
            case "get-session-state" ->
                answer.put("session-state", entity.state((String) required(body, "session-id")));
            case "set-session-state" -> setState(entity, request);
            case "peek-message" -> {
                entity.peeked();
                List<Map<String, Object>> messages = peek(entity, body);
                answer.put("messages", messages);
                status = messages.isEmpty() ? 204 : 200;
            }
            case "schedule-message" -> {
                List<Message> messages = scheduled((Iterable<Map<String, Object>>) required(body, "messages"));
                if (entity.requiresSessions() && messages.stream().anyMatch(each -> each.getGroupId() == null)) {
                    return new RequestLink.Answer(400, null);
                }
                answer.put("sequence-numbers", broker.store(entity, messages).toArray(new Long[0]));
            }
            case "cancel-scheduled-message" ->
                broker.contents(entity.name()).cancelScheduled((long[]) required(body, "sequence-numbers"));
            default -> status = 501;
        }
        if (fault != null) {
            return RequestLink.NO_ANSWER;
        }
        return new RequestLink.Answer(status, answer);
    }

    private boolean ignoresStateReads(Entity entity) {
        if (ignoringStateReads.contains(entity.name())) {
            return true;
        }
        ServiceBusFault fault = broker.faults().take(entity.name(), ServiceBusFault.Stage.STATE_READ);
        return fault != null && ignoringStateReads.add(entity.name());
    }

    @SuppressWarnings("unchecked")
    private static void setState(Entity entity, Message request) {
        Map<String, Object> body = (Map<String, Object>) ((AmqpValue) request.getBody()).getValue();
        entity.setState((String) required(body, "session-id"), (Binary) body.get("session-state"));
    }

    private static List<Message> scheduled(Iterable<Map<String, Object>> entries) {
        List<Message> messages = new ArrayList<>();
        entries.forEach(entry -> messages.add(Messages.decode((Binary) required(entry, "message"))));
        return messages;
    }

    private List<Map<String, Object>> peek(Entity entity, Map<String, Object> body) {
        long from = ((Number) required(body, "from-sequence-number")).longValue();
        int count = ((Number) required(body, "message-count")).intValue();
        Object session = body.get("session-id");
        List<Map<String, Object>> messages = new ArrayList<>();
        List<AMQPMessage> inOrder = broker.contents(entity.name()).all().stream()
                .sorted(Comparator.comparingLong(stored -> Messages.read(stored).sequenceNumber()))
                .toList();
        for (AMQPMessage stored : inOrder) {
            StoredMessage message = Messages.read(stored);
            if (message.sequenceNumber() >= from
                    && (session == null || session.equals(message.sessionId()))
                    && messages.size() < count) {
                Map<String, Object> one = new HashMap<>();
                one.put("message", new Binary(Messages.encode(stored.getProtonMessage())));
                messages.add(one);
            }
        }
        return messages;
    }

    private static Object required(Map<String, Object> body, String name) {
        return Objects.requireNonNull(body.get(name), name);
    }

    private static Date tomorrow() {
        return Date.from(Instant.now().plus(1, ChronoUnit.DAYS));
    }
}
