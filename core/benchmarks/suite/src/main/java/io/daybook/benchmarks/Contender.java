package io.daybook.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.daybook.json.InstantModule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Supplier;

/** A way to keep orders as JSON events in memory. Thread-safe, except for {@link #reset}. */
public interface Contender {

    /** Several contenders under the names by which they are selected. Found by the service loader. */
    interface Family {
        Map<String, Supplier<Contender>> contenders();

        /** Those that make documents of events. */
        default Map<String, Supplier<OrderDocuments>> documents() {
            return Map.of();
        }
    }

    /** Thrown when other events were found than those on which the decision was based, in every retry. */
    final class ConflictException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Removes all orders. */
    void reset();

    /** Stores {@link OrderState#history}, in as few transactions as possible. */
    void create(String orderId, int events);

    /** Handles the command: loads the order, decides, appends. */
    void addItem(OrderState.AddItem command, String commandId);

    OrderState load(String orderId);

    static List<String> names() {
        List<String> names = new ArrayList<>();
        ServiceLoader.load(Family.class).forEach(family -> names.addAll(new TreeMap<>(family.contenders()).keySet()));
        return names;
    }

    static Contender named(String name) {
        for (Family family : ServiceLoader.load(Family.class)) {
            Supplier<Contender> found = family.contenders().get(name);
            if (found != null) {
                return requireSameWork(name, found.get());
            }
        }
        throw new IllegalArgumentException("no contender is named " + name + ", there are " + names());
    }

    /** Checks that every contender does the same work, because otherwise its figures would be meaningless. */
    private static Contender requireSameWork(String name, Contender orders) {
        OrderState expected = new OrderState();
        OrderState.history("1", 0, 250).forEach(expected::apply);
        orders.create("1", 250);
        boolean rebuilt = orders.load("1").snapshot().equals(expected.snapshot());
        orders.addItem(OrderState.addItem("1"), "command-1");
        int added = orders.load("1").quantityOf("PROD-7") - expected.quantityOf("PROD-7");
        if (!rebuilt || added != 2) {
            throw new IllegalStateException(name + " does not do the same work as the others");
        }
        orders.reset();
        return orders;
    }

    /** Jackson with the most common settings: times as ISO-8601 text. */
    static ObjectMapper plainJackson() {
        return JsonMapper.builder()
                .addModule(new JavaTimeModule())
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .build();
    }

    /** The same with the library's codec of instants. */
    static ObjectMapper jacksonWithFastInstant() {
        return plainJackson().registerModule(InstantModule.create());
    }
}
