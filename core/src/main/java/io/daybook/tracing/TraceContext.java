package io.daybook.tracing;

import io.daybook.event.MessageContext;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The W3C trace context in the attributes of commands and events. Other fields of a propagator, such as baggage, are not stored. */
final class TraceContext {

    static final String TRACEPARENT = "traceparent";
    private static final Set<String> FIELDS = Set.of(TRACEPARENT, "tracestate");

    private TraceContext() {}

    static boolean isIn(Map<String, String> attributes) {
        return attributes.containsKey(TRACEPARENT);
    }

    /** Returns the context of an observation that continues the trace of these attributes. */
    static ReceiverContext<Map<String, String>> continuing(Kind kind, Map<String, String> attributes) {
        ReceiverContext<Map<String, String>> context = new ReceiverContext<>(Map::get, kind);
        context.setCarrier(attributes);
        return context;
    }

    /** Returns the context of an observation whose own trace context is put into its carrier when it starts. */
    static SenderContext<Map<String, String>> carried() {
        SenderContext<Map<String, String>> context = new SenderContext<>(
                (carrier, field, value) -> {
                    if (carrier != null && FIELDS.contains(field) && !value.isEmpty()) {
                        carrier.put(field, value);
                    }
                },
                Kind.PRODUCER);
        context.setCarrier(new HashMap<>());
        return context;
    }

    /** Replaces the trace context of a message. A tracestate belongs to the traceparent beside it. */
    static MessageContext with(MessageContext message, Map<String, String> fields) {
        Map<String, String> attributes = new HashMap<>(message.attributes());
        attributes.keySet().removeAll(FIELDS);
        attributes.putAll(fields);
        return MessageContext.of(
                message.correlationId().orElse(null),
                message.causationId().orElse(null),
                message.userId().orElse(null),
                attributes);
    }
}
