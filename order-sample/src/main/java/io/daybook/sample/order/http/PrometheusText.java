package io.daybook.sample.order.http;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes meters in the text format of Prometheus, version 0.0.4. */
final class PrometheusText {

    static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final Pattern NOT_IN_NAMES = Pattern.compile("[^a-zA-Z0-9_]");

    private final Map<String, StringBuilder> families = new TreeMap<>();

    private PrometheusText() {}

    static String of(MeterRegistry meters) {
        PrometheusText text = new PrometheusText();
        meters.forEachMeter(text::add);
        return String.join("", text.families.values());
    }

    private void add(Meter meter) {
        Meter.Id id = meter.getId();
        boolean summary = id.getType() == Meter.Type.TIMER || id.getType() == Meter.Type.DISTRIBUTION_SUMMARY;
        String name = name(id);
        for (Measurement measurement : meter.measure()) {
            Statistic statistic = measurement.getStatistic();
            if (summary && statistic != Statistic.MAX) {
                String part = statistic == Statistic.COUNT ? "_count" : "_sum";
                sample(name, "summary", id, name + part, measurement.getValue());
            } else if (statistic == Statistic.COUNT) {
                sample(name + "_total", "counter", id, name + "_total", measurement.getValue());
            } else {
                String other = statistic == Statistic.VALUE ? name : name + "_" + statistic.getTagValueRepresentation();
                sample(other, "gauge", id, other, measurement.getValue());
            }
        }
    }

    private void sample(String family, String type, Meter.Id id, String name, double value) {
        StringBuilder lines = families.computeIfAbsent(family, unseen -> {
            StringBuilder head = new StringBuilder();
            if (id.getDescription() != null) {
                head.append("# HELP ")
                        .append(family)
                        .append(' ')
                        .append(escaped(id.getDescription()))
                        .append('\n');
            }
            return head.append("# TYPE ")
                    .append(family)
                    .append(' ')
                    .append(type)
                    .append('\n');
        });
        lines.append(name).append(labels(id)).append(' ').append(number(value)).append('\n');
    }

    private static String name(Meter.Id id) {
        String unit = id.getType() == Meter.Type.TIMER || id.getType() == Meter.Type.LONG_TASK_TIMER ? "_seconds" : "";
        return NOT_IN_NAMES.matcher(id.getName()).replaceAll("_") + unit;
    }

    private static String labels(Meter.Id id) {
        if (id.getTags().isEmpty()) {
            return "";
        }
        return id.getTags().stream().map(PrometheusText::label).collect(Collectors.joining(",", "{", "}"));
    }

    private static String label(Tag tag) {
        return NOT_IN_NAMES.matcher(tag.getKey()).replaceAll("_") + "=\""
                + escaped(tag.getValue()).replace("\"", "\\\"") + "\"";
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n");
    }

    private static String number(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.format(Locale.ROOT, "%.0f", value)
                : Double.toString(value);
    }
}
