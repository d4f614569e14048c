package io.daybook.verification;

import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The result of a verification by an {@link EventVerifier}. Immutable.
 *
 * @param events the number of events
 * @param streams the number of streams with events, including those whose deletion is incomplete
 * @param types the number of events of each type and version, sorted by type and version
 * @param counts the number of findings of each kind; a kind without findings is absent
 * @param findings the first 1,000 findings of each kind
 */
public record VerificationReport(
        long events, long streams, List<EventCount> types, Map<Finding.Kind, Long> counts, List<Finding> findings) {

    /**
     * Copies the lists and the map.
     *
     * @param events the number of events
     * @param streams the number of streams
     * @param types the number of events of each type and version
     * @param counts the number of findings of each kind
     * @param findings the first findings of each kind
     */
    public VerificationReport {
        types = List.copyOf(types);
        Map<Finding.Kind, Long> copy = new EnumMap<>(Finding.Kind.class);
        copy.putAll(counts);
        counts = Collections.unmodifiableMap(copy);
        findings = List.copyOf(findings);
    }

    /**
     * {@return whether there are no findings}
     */
    public boolean isClean() {
        return counts.isEmpty();
    }

    /**
     * {@return the report as text for a console, with the counts by type and version followed by one line for each
     * finding}
     */
    public String text() {
        StringBuilder text = new StringBuilder();
        line(text, "%d events in %d streams", events, streams);
        if (!types.isEmpty()) {
            int width = types.stream()
                    .mapToInt(type -> type.eventType().length())
                    .max()
                    .orElse(0);
            String columns = "%-" + Math.max(10, width) + "s  %7s  %12s  %-20s  %s";
            line(text, "");
            line(text, columns, "event type", "version", "events", "latest", "read as");
            for (EventCount type : types) {
                line(
                        text,
                        columns,
                        type.eventType(),
                        type.eventVersion(),
                        type.events(),
                        type.latest().truncatedTo(ChronoUnit.SECONDS),
                        type.readAs().orElse(""));
            }
        }
        line(text, "");
        if (isClean()) {
            line(text, "no findings");
        }
        counts.forEach((kind, count) -> {
            line(text, "%s: %d", kind, count);
            List<Finding> listed =
                    findings.stream().filter(finding -> finding.kind() == kind).toList();
            listed.forEach(finding -> line(text, "  %s", finding));
            if (listed.size() < count) {
                line(text, "  … and %d more", count - listed.size());
            }
        });
        return text.toString();
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
