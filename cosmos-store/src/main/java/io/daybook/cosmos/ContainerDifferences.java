package io.daybook.cosmos;

import com.azure.cosmos.models.CompositePath;
import com.azure.cosmos.models.CosmosContainerProperties;
import com.azure.cosmos.models.IncludedPath;
import com.azure.cosmos.models.PartitionKeyDefinitionVersion;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The differences between the partition key and indexes of a container and those that are required. */
final class ContainerDifferences {

    private ContainerDifferences() {}

    /** Returns the index path of a member that is a value. */
    static String pathOf(String member) {
        return "/" + member + "/?";
    }

    static String timeToLive(@Nullable Integer seconds) {
        return "its default time to live is " + (seconds == null ? "not set" : seconds);
    }

    static void ofPartitionKey(CosmosContainerProperties actual, String needed, Consumer<String> differences) {
        List<String> paths = actual.getPartitionKeyDefinition().getPaths();
        if (!paths.equals(List.of(needed))) {
            differences.accept("its partition key is " + String.join(", ", paths) + ", but must be " + needed);
        }
        if (actual.getPartitionKeyDefinition().getVersion() != PartitionKeyDefinitionVersion.V2) {
            differences.accept(
                    "its partition key has version 1, which compares only 101 bytes, but must have version 2");
        }
    }

    static void ofPaths(CosmosContainerProperties actual, List<String> needed, Consumer<String> differences) {
        Set<String> included = actual.getIndexingPolicy().getIncludedPaths().stream()
                .map(IncludedPath::getPath)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> missing = needed.stream()
                .filter(path -> !included.contains("/*") && !included.contains(path))
                .collect(Collectors.toCollection(TreeSet::new));
        if (!missing.isEmpty()) {
            differences.accept("its indexing policy does not include " + String.join(", ", missing));
        }
    }

    static void ofComposites(
            CosmosContainerProperties actual, List<List<String>> needed, String how, Consumer<String> differences) {
        List<List<CompositePath>> composites = actual.getIndexingPolicy().getCompositeIndexes();
        List<String> absent = needed.stream()
                .filter(names -> composites.stream().noneMatch(index -> isIndexOf(names, index)))
                .map(ContainerDifferences::json)
                .toList();
        if (!absent.isEmpty()) {
            differences.accept("its indexing policy lacks composite indexes: add to its \"compositeIndexes\" "
                    + String.join(", ", absent)
                    + ", "
                    + how);
        }
    }

    /**
     * An index supports a sort order and its reverse, but not an order that is ascending in one member and descending
     * in another.
     */
    private static boolean isIndexOf(List<String> names, List<CompositePath> index) {
        return index.stream()
                        .map(CompositePath::getPath)
                        .toList()
                        .equals(names.stream().map(name -> "/" + name).toList())
                && index.stream().map(CompositePath::getOrder).distinct().count() == 1;
    }

    private static String json(List<String> names) {
        return names.stream()
                .map(name -> "{\"path\": \"/" + name + "\", \"order\": \"ascending\"}")
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
