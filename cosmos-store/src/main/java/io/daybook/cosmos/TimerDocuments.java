package io.daybook.cosmos;

import com.azure.cosmos.models.SqlParameter;
import com.azure.cosmos.models.SqlQuerySpec;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.eventstore.StreamId;
import io.daybook.json.InstantText;
import io.daybook.process.ProcessTimer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The mapping between documents and timers, and the query of those that are due. */
final class TimerDocuments {

    static final String SLOT = "slot";

    /** All slots. A slot is a logical partition, which is limited to 10,000 RU/s. */
    static final List<String> SLOTS =
            IntStream.range(0, 16).mapToObj(Integer::toString).toList();

    private static final String DUE = "due";
    private static final String ORIGINALLY_DUE = "originallyDue";
    private static final String STREAM = "stream";
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    static final List<String> INDEXED = List.of(ContainerDifferences.pathOf(SLOT), ContainerDifferences.pathOf(DUE));

    private TimerDocuments() {}

    static String id(ProcessTimer timer) {
        return EventDocuments.idOf(timer.key());
    }

    /**
     * Returns the slot of a timer. It depends only on the key, so a removal finds it no matter what else the caller
     * knows about the timer.
     */
    static String slot(ProcessTimer timer) {
        return SLOTS.get(Math.floorMod(timer.key().hashCode(), SLOTS.size()));
    }

    /** Returns the document of a timer. A time after the year 9999 is stored as the last time of that year. */
    static ObjectNode timer(ProcessTimer timer) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", id(timer))
                .put(SLOT, slot(timer))
                .put(STREAM, timer.stream().toString())
                .put(DUE, text(timer.due()));
    }

    static ObjectNode postponed(ProcessTimer timer, Instant until) {
        return timer(timer).put(DUE, text(until)).put(ORIGINALLY_DUE, text(timer.due()));
    }

    private static String text(Instant due) {
        return InstantText.format(due.isAfter(LATEST) ? LATEST : due);
    }

    static ProcessTimer timer(JsonNode document) {
        String due = document.path(DUE).asText();
        return new ProcessTimer(
                StreamId.parse(document.path(STREAM).asText()),
                EventDocuments.textOf(document.path("id").asText()),
                InstantText.parse(document.path(ORIGINALLY_DUE).asText(due)));
    }

    /** Returns the query for the due timers of some slots, earliest first. */
    static SqlQuerySpec due(List<String> slots, Instant now, int max) {
        List<SqlParameter> parameters = new ArrayList<>();
        parameters.add(new SqlParameter("@now", EventDocuments.boundary(now)));
        slots.forEach(slot -> parameters.add(new SqlParameter("@slot" + slot, slot)));
        String names = slots.stream().map(slot -> "@slot" + slot).collect(Collectors.joining(", "));
        return new SqlQuerySpec(
                "SELECT TOP " + max + " * FROM c WHERE c." + SLOT + " IN (" + names + ") AND c." + DUE
                        + " <= @now ORDER BY c." + DUE + " ASC",
                parameters);
    }
}
