package io.daybook.cosmos;

import io.daybook.cosmos.testserver.CosmosTestServer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * How physical partitions used the slots in which the test server serves their requests. A slot that passes without a request while work
 * waits is lost. The figures do not show how fast the machine is, as long as it keeps up with the server's rate.
 *
 * @param partitions what each partition used, by its id
 */
record SlotUse(Map<String, Partition> partitions) {

    /**
     * What one partition used.
     *
     * @param used the number of slots
     * @param first the first of them
     * @param last the last of them
     */
    record Partition(int used, int first, int last) {
        int passed() {
            return last - first + 1;
        }
    }

    static SlotUse of(CosmosTestServer server, String database, String container) {
        Map<String, Integer> figures = server.slots(database);
        Map<String, Partition> partitions = new TreeMap<>();
        figures.forEach((name, used) -> {
            List<String> parts = List.of(name.split("/"));
            if (parts.get(0).equals(container) && parts.get(2).equals("used") && used > 0) {
                String key = container + "/" + parts.get(1) + "/";
                partitions.put(
                        parts.get(1), new Partition(used, figures.get(key + "first"), figures.get(key + "last")));
            }
        });
        return new SlotUse(partitions);
    }

    SlotUse only(Predicate<String> wanted) {
        Map<String, Partition> some = new TreeMap<>(partitions);
        some.keySet().removeIf(wanted.negate());
        return new SlotUse(some);
    }

    int used() {
        return partitions.values().stream().mapToInt(Partition::used).sum();
    }

    int passed() {
        return partitions.values().stream().mapToInt(Partition::passed).sum();
    }

    /** The share of the slots that were used. */
    double share() {
        return (double) used() / passed();
    }

    @Override
    public String toString() {
        return "%d of %d slots of %d partitions (%.0f%%)".formatted(used(), passed(), partitions.size(), 100 * share());
    }
}
