package io.daybook.sample.order.http;

import static io.javalin.http.HandlerType.GET;
import static io.javalin.http.HandlerType.POST;

import io.daybook.process.InstanceState;
import io.daybook.process.ProcessInstance;
import io.daybook.process.ProcessManager;
import io.daybook.process.ProcessRunner;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Filter.Where;
import io.daybook.readmodel.Page;
import io.daybook.sample.order.http.Problem.Kind;
import io.javalin.http.Context;
import io.javalin.router.Endpoint;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The routes of process managers, which find, show, retry and cancel their instances. Thread-safe.
 *
 * @param runner runs the processes, or follows those that other programs run
 * @param processes the processes of the runner
 * @param clock determines the age of instances
 */
public record ProcessApi(ProcessRunner runner, List<ProcessManager<?>> processes, Clock clock) {

    private static final Duration MAX_AGE = Duration.ofDays(36_500);

    private record InstanceList(
            List<ProcessView.Listed> instances, @Nullable String next) {}

    /**
     * {@return the routes that only read}
     */
    public List<Endpoint> routes() {
        return List.of(
                new Endpoint(GET, "/processes/{name}", this::list),
                new Endpoint(GET, "/processes/{name}/{id}", this::show));
    }

    /**
     * {@return the routes for operators}
     */
    public List<Endpoint> adminRoutes() {
        return List.of(
                operation("retry", runner::retry, "The instance is not parked: there is nothing to retry"),
                operation("cancel", runner::cancel, "The instance has ended: there is nothing to cancel"));
    }

    /** The operation gets a process and the id of an instance, and returns false if the instance is not in a state for it. */
    private Endpoint operation(String name, BiPredicate<ProcessManager<?>, String> operation, String otherwise) {
        return AdminApi.operation(POST, "/processes/{name}/{id}/" + name, ctx -> {
            RequestValues.ofQuery(ctx).refuseInvalid();
            if (!operation.test(process(ctx), find(ctx).id())) {
                throw new Problem(Kind.STATE, otherwise);
            }
            ctx.status(204);
        });
    }

    private void list(Context ctx) {
        ProcessManager<?> process = process(ctx);
        RequestValues query = RequestValues.ofQuery(ctx, "state", "older_than", "limit", "after");
        var states = query.anyOf("state", InstanceState.class);
        String rule = "must be an ISO-8601 duration from 0 to " + MAX_AGE + ", such as PT1H";
        Optional<Duration> olderThan = query.read("older_than", rule, text -> {
            Duration age = Duration.parse(text);
            return age.isNegative() || age.compareTo(MAX_AGE) > 0 ? null : age;
        });
        int limit = (int) query.number("limit", 1, 100, 20);
        String after = query.after();
        query.refuseInvalid();
        // The instances that changed longest ago come first, so that those old enough are the first ones.
        Filter filter = Filter.all().orderBy("changed").limit(limit).after(after);
        filter = OrderQueryHandlers.where(filter, "state", states, Where::isAnyOf);
        Page<ProcessView.Listed> page = find(process, filter, query);
        Instant newest = olderThan.map(clock.instant()::minus).orElse(Instant.MAX);
        List<ProcessView.Listed> shown = page.items().stream()
                .filter(each -> !each.changed().isAfter(newest))
                .toList();
        Optional<String> next =
                page.next().filter(position -> shown.size() == page.items().size());
        next.ifPresent(position -> Answers.next(ctx, position));
        ctx.json(new InstanceList(shown, next.orElse(null)));
    }

    private Page<ProcessView.Listed> find(ProcessManager<?> process, Filter filter, RequestValues query) {
        try {
            return runner.instances(process).find(filter).map(found -> ProcessView.Listed.of(found.content()));
        } catch (IllegalArgumentException e) { // the conditions are valid, so it is the position
            query.require(false, "after", RequestValues.NOT_NEXT);
            query.refuseInvalid();
            throw e;
        }
    }

    private void show(Context ctx) {
        RequestValues.ofQuery(ctx).refuseInvalid();
        ctx.json(ProcessView.of(process(ctx).name(), find(ctx)));
    }

    private ProcessManager<?> process(Context ctx) {
        return processes.stream()
                .filter(each -> each.name().equals(ctx.pathParam("name")))
                .findFirst()
                .orElseThrow(() -> new Problem(Kind.NOT_FOUND, "There is no such process"));
    }

    /** The id of an instance is that of its order. */
    private ProcessInstance find(Context ctx) {
        ProcessManager<?> process = process(ctx);
        String id = OrderQueryHandlers.orderId(ctx);
        return runner.find(process, id)
                .orElseThrow(() -> new Problem(
                        Kind.NOT_FOUND, "The process " + process.name() + " has no instance with the id " + id));
    }
}
