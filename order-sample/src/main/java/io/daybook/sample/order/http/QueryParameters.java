package io.daybook.sample.order.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.command.Violation;
import io.daybook.command.Violations;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Creates records from the query parameters of a request. Unknown parameters are violations, so that a misspelled
 * parameter is reported.
 */
final class QueryParameters {

    private record None() {}

    private QueryParameters() {}

    static <T> T bind(Context ctx, Class<T> type, BiConsumer<T, Violations> rules) {
        ObjectNode members = SnakeJson.MAPPER.createObjectNode();
        List<Violation> found = new ArrayList<>();
        ctx.queryParamMap().forEach((name, values) -> {
            if (name.equals("page")) {
                found.add(new Violation(name, "is not supported: send after with the next of the previous answer"));
            } else if (values.size() > 1) {
                found.add(new Violation(Binding.printable(name), "must occur only once"));
            } else {
                members.put(name, values.get(0));
            }
        });
        return Binding.bind(members, type, rules, found);
    }

    static void refuseAll(Context ctx) {
        bind(ctx, None.class, (none, violations) -> {});
    }
}
