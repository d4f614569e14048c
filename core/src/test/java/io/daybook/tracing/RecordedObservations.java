package io.daybook.tracing;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.ObservationView;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** A tracer in miniature: numbers the spans, and continues and propagates trace contexts as Micrometer's tracing handlers do. */
final class RecordedObservations implements ObservationHandler<Observation.Context> {

    /** An observation that has stopped. */
    record Span(
            String name, String label, String trace, String parent, String id, Map<String, String> tags, String error) {

        String traceparent() {
            return "00-" + trace + "-" + id + "-01";
        }
    }

    private record Ids(String trace, String parent, String id) {}

    private final AtomicInteger ids = new AtomicInteger();
    private final List<Span> spans = new CopyOnWriteArrayList<>();

    ObservationRegistry registry() {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(this);
        return registry;
    }

    List<Span> spans() {
        return spans;
    }

    List<Span> spans(String name) {
        return spans.stream().filter(span -> span.name().equals(name)).toList();
    }

    @Override
    @SuppressWarnings("unchecked")
    public void onStart(Observation.Context context) {
        String id = "s" + ids.incrementAndGet();
        Ids own = new Ids("t" + id, "", id);
        ObservationView parent = context.getParentObservation();
        if (parent != null) {
            Ids above = parent.getContextView().getRequired(Ids.class);
            own = new Ids(above.trace(), above.id(), id);
        }
        if (context instanceof ReceiverContext<?> received) {
            ReceiverContext<Object> receiver = (ReceiverContext<Object>) received;
            String traceparent = receiver.getGetter().get(receiver.getCarrier(), "traceparent");
            if (traceparent != null) {
                String[] parts = traceparent.split("-");
                own = new Ids(parts[1], parts[2], id);
            }
        }
        context.put(Ids.class, own);
        if (context instanceof SenderContext<?> sent) {
            SenderContext<Object> sender = (SenderContext<Object>) sent;
            sender.getSetter().set(sender.getCarrier(), "traceparent", "00-" + own.trace() + "-" + id + "-01");
            sender.getSetter().set(sender.getCarrier(), "tracestate", "");
            sender.getSetter().set(sender.getCarrier(), "baggage", "canary=1");
        }
    }

    @Override
    public void onStop(Observation.Context context) {
        Ids own = context.getRequired(Ids.class);
        Throwable error = context.getError();
        spans.add(new Span(
                context.getName(),
                context.getContextualName(),
                own.trace(),
                own.parent(),
                own.id(),
                context.getAllKeyValues().stream().collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue)),
                error == null ? "" : error.getClass().getSimpleName()));
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
        return true;
    }
}
