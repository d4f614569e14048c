package io.daybook.sample.order.http;

import io.daybook.command.Violation;
import io.daybook.command.Violations;
import io.daybook.process.InstanceState;
import io.daybook.process.InstanceSummary;
import io.daybook.process.ProcessInstance;
import io.daybook.process.ProcessManager;
import io.daybook.process.ProcessRunner;
import io.daybook.projection.ReadDocument;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The routes of process managers, which find, show, retry and cancel their instances. Thread-safe. */
public final class ProcessApi {

    private static final Map<String, InstanceState> STATES = Arrays.stream(InstanceState.values())
            .collect(Collectors.toMap(state -> state.name().toLowerCase(Locale.ROOT), Function.identity()));

    /** An operation on the instance with an id; returns false if the instance is not in a state for it. */
    private interface Operation {
        boolean run(ProcessManager<?> process, String id);
    }

    /** The query parameters of a list of instances. */
    record Instances(
            @Nullable String state,
            @Nullable String olderThan,
            @Nullable Long limit,
            @Nullable String after) {

        private static final int MAX = 100;
        private static final Duration MAX_AGE = Duration.ofDays(36_500);

        private List<String> states() {
            return state == null ? List.of() : List.of(state.split(",", -1));
        }

        private @Nullable Duration age() {
            try {
                Duration age = Duration.parse(Objects.requireNonNullElse(olderThan, "PT0S"));
                return age.isNegative() || age.compareTo(MAX_AGE) > 0 ? null : age;
            } catch (DateTimeException e) {
                return null;
            }
        }

        void validate(Violations violations) {
            violations.require(
                    STATES.keySet().containsAll(states())
                            && Set.copyOf(states()).size() == states().size(),
                    "state",
                    "must be one or more of " + String.join(", ", new TreeSet<>(STATES.keySet())));
            violations.require(
                    age() != null, "olderThan", "must be an ISO-8601 duration from 0 to " + MAX_AGE + ", such as PT1H");
            violations.require(limit == null || (limit >= 1 && limit <= MAX), "limit", "must be from 1 to " + MAX);
        }

        /** Returns the filter for a list in which the instances that changed longest ago come first. */
        Filter filter() {
            Filter filter = Filter.all().orderBy("changed");
            if (state != null) {
                filter = filter.and("state")
                        .isAnyOf(states().stream().map(STATES::get).toList());
            }
            return filter.limit(limit == null ? 20 : limit.intValue()).after(Objects.requireNonNullElse(after, ""));
        }

        ProcessView.InstanceList page(Page<ReadDocument<InstanceSummary>> page, Clock clock) {
            List<ProcessView.Listed> all = page.items().stream()
                    .map(each -> ProcessView.Listed.of(each.content()))
                    .toList();
            if (olderThan == null) {
                return new ProcessView.InstanceList(all, page.next().orElse(null));
            }
            List<ProcessView.Listed> old = all.stream()
                    .filter(each -> !each.changed().isAfter(clock.instant().minus(Objects.requireNonNull(age()))))
                    .toList();
            boolean more = old.size() == all.size();
            return new ProcessView.InstanceList(old, more ? page.next().orElse(null) : null);
        }
    }

    private final ProcessRunner runner;
    private final Map<String, ProcessManager<?>> processes;
    private final Clock clock;

    /**
     * Creates the API.
     *
     * @param runner runs the processes, or follows those that other programs run
     * @param processes the processes of the runner
     * @param clock determines the age of instances
     */
    public ProcessApi(ProcessRunner runner, List<ProcessManager<?>> processes, Clock clock) {
        this.runner = runner;
        this.processes = processes.stream().collect(Collectors.toMap(ProcessManager::name, Function.identity()));
        this.clock = clock;
    }

    /**
     * {@return the routes that only read}
     */
    public List<Route> routes() {
        return List.of(
                new Route(HandlerType.GET, "/processes/{name}", this::list),
                new Route(HandlerType.GET, "/processes/{name}/{id}", this::show));
    }

    /**
     * {@return the routes for operators}
     */
    public List<Route> adminRoutes() {
        return List.of(
                operation("retry", runner::retry, "The instance is not parked: there is nothing to retry"),
                operation("cancel", runner::cancel, "The instance has ended: there is nothing to cancel"));
    }

    private Route operation(String name, Operation operation, String otherwise) {
        return new Route(HandlerType.POST, "/processes/{name}/{id}/" + name, ctx -> {
            AdminApi.refusePages(ctx);
            QueryParameters.refuseAll(ctx);
            if (!operation.run(process(ctx), find(ctx).id())) {
                throw Problem.of(409, "state", "Not in this state", otherwise);
            }
            ctx.status(204);
        });
    }

    private void list(Context ctx) {
        ProcessManager<?> process = process(ctx);
        Instances query = QueryParameters.bind(ctx, Instances.class, Instances::validate);
        ProcessView.InstanceList page = query.page(find(process, query.filter()), clock);
        if (page.next() != null) {
            Answers.next(ctx, page.next());
        }
        Answers.json(ctx, 200, page);
    }

    private Page<ReadDocument<InstanceSummary>> find(ProcessManager<?> process, Filter filter) {
        try {
            return runner.instances(process).find(filter);
        } catch (IllegalArgumentException e) { // the conditions are valid, so it is the position
            throw Problem.invalid(List.of(new Violation(
                    "after", "must be the next of an answer to the same request: begin with the first page")));
        }
    }

    private void show(Context ctx) {
        QueryParameters.refuseAll(ctx);
        Answers.json(ctx, 200, ProcessView.of(process(ctx).name(), find(ctx)));
    }

    private ProcessManager<?> process(Context ctx) {
        ProcessManager<?> process = processes.get(ctx.pathParam("name"));
        if (process == null) {
            throw Problem.notFound(
                    "There is no such process: use " + String.join(" or ", new TreeSet<>(processes.keySet())));
        }
        return process;
    }

    /** The id of an instance is that of its order. */
    private ProcessInstance find(Context ctx) {
        ProcessManager<?> process = process(ctx);
        String id = OrderQueryHandlers.orderId(ctx);
        return runner.find(process, id)
                .orElseThrow(
                        () -> Problem.notFound("The process " + process.name() + " has no instance with the id " + id));
    }
}
