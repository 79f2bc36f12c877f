"""A random forest in arrays: fitted by scikit-learn, walked by numpy, for one design as for many."""

from dataclasses import dataclass, fields

import numpy as np

BLOCK = 4096  # rows that walk together: what they need fits the processor's cache


@dataclass(frozen=True)
class Forest:
    """Regression trees whose mean is the prediction. Nodes of all trees are numbered through.

    Breiman, "Random forests", Machine Learning 45, 2001: every tree on a bootstrap sample. As in scikit-learn's
    regression forests, a split is sought among all columns.
    """

    feature: np.ndarray
    """(nodes,) the column that a node looks at; 0 at leaves."""
    threshold: np.ndarray
    """(nodes,) float32: what is at most that goes left."""
    children: np.ndarray
    """(2 nodes,) the left and the right child of each node in turn; a leaf is its own."""
    leaf: np.ndarray
    """(nodes,) row of `values`; 0 at inner nodes."""
    values: np.ndarray
    """(leaves, outputs)"""
    roots: np.ndarray
    """(trees,)"""
    depth: int

    def predict(self, columns: np.ndarray) -> np.ndarray:
        """(N, outputs) means over the trees; columns: (N, columns) float32."""
        return np.concatenate([np.empty((0, self.values.shape[1])),
                               *(self._block(columns[i:i + BLOCK]) for i in range(0, len(columns), BLOCK))])

    def _block(self, columns):
        flat, rows = columns.ravel(), (np.arange(len(columns)) * columns.shape[1])[:, None]
        node = np.tile(self.roots, (len(columns), 1))
        for _ in range(int(self.depth)):
            right = flat[rows + self.feature[node]] > self.threshold[node]
            node = self.children[2 * node + right]
        return self.values[self.leaf[node]].mean(axis=1)

    def predict_one(self, row: np.ndarray) -> np.ndarray:
        """(outputs,) the same for one row: (columns,) float32."""
        feature, threshold, children, node = self.feature, self.threshold, self.children, self.roots
        for _ in range(int(self.depth)):
            node = children.take(2 * node + (row.take(feature.take(node)) > threshold.take(node)))
        return self.values.take(self.leaf.take(node), axis=0).mean(axis=0)

    def arrays(self) -> dict[str, np.ndarray]:
        """What makes it: `Forest(**arrays)` is the same forest."""
        return {field.name: np.asarray(getattr(self, field.name)) for field in fields(self)}


def fitted(columns: np.ndarray, outputs: np.ndarray, trees: int, seed: int) -> Forest:
    """A forest of so many trees on (N, columns) and (N, outputs), of scikit-learn's defaults otherwise."""
    from sklearn.ensemble import RandomForestRegressor

    model = RandomForestRegressor(trees, random_state=seed)
    model.fit(columns, outputs if outputs.shape[1] > 1 else outputs[:, 0])
    return compiled([member.tree_ for member in model.estimators_])


def compiled(trees) -> Forest:
    """The arrays of scikit-learn's trees, one after the other."""
    parts, roots, nodes, leaves = [], [], 0, 0
    for tree in trees:
        own, ends = np.arange(tree.node_count), tree.children_left < 0
        pairs = np.stack([np.where(ends, own, tree.children_left), np.where(ends, own, tree.children_right)], axis=1)
        row = np.where(ends, leaves + np.cumsum(ends) - 1, 0)
        parts.append((np.where(ends, 0, tree.feature), np.where(ends, 0, tree.threshold), pairs.ravel() + nodes, row,
                      tree.value[ends, :, 0]))
        roots.append(nodes)
        nodes, leaves = nodes + tree.node_count, leaves + int(ends.sum())
    feature, threshold, children, leaf, values = map(np.concatenate, zip(*parts))
    # Columns are whole numbers and thresholds lie half way between two of them: float32 holds both.
    return Forest(feature.astype(np.int32), threshold.astype(np.float32), children.astype(np.int32),
                  leaf.astype(np.int32), values, np.array(roots, np.int32), max(tree.max_depth for tree in trees))
