package io.daybook.servicebus.testserver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The faults that wait to be shown, by entity, in the order they were asked for. */
final class Faults {

    private static final class Waiting {
        private final ServiceBusFault fault;
        private int first;
        private int times;

        Waiting(ServiceBusFault fault) {
            this.fault = fault;
            this.first = fault.first;
            this.times = fault.times;
        }
    }

    private final Map<String, List<Waiting>> waiting = new HashMap<>();

    synchronized void add(String entity, ServiceBusFault fault) {
        waiting.computeIfAbsent(entity, name -> new ArrayList<>()).add(new Waiting(fault));
    }

    synchronized int left(String entity) {
        return waiting.getOrDefault(entity, List.of()).size();
    }

    synchronized void clear() {
        waiting.clear();
    }

    /** The fault to show now, or null. */
    synchronized @Nullable ServiceBusFault take(String entity, ServiceBusFault.Stage stage) {
        Iterator<Waiting> faults =
                waiting.getOrDefault(entity, new ArrayList<>()).iterator();
        while (faults.hasNext()) {
            Waiting next = faults.next();
            if (next.fault.kind.stage != stage) {
                continue;
            }
            if (next.first > 0) {
                next.first--;
                continue;
            }
            if (--next.times == 0) {
                faults.remove();
            }
            return next.fault;
        }
        return null;
    }
}
