namespace DlGen;

/// <content>Cross-validation, and splits along time.</content>
public abstract partial class Dataset
{
    /// <summary>Cross-validation: k pairs, in which each row is tested once. The rows are dealt at random, equally for equal seeds on every platform; the
    /// test parts differ by at most one row, the larger ones first. Within a part the order stays.</summary>
    /// <param name="k">The number of folds, from 2 to Count.</param>
    /// <param name="seed">The seed of the draw.</param>
    public (Dataset Training, Dataset Test)[] KFold(int k, long seed = 0)
    {
        CheckFolds(k);
        int[] rows = Shuffling.Identity(Count), foldOf = new int[Count];
        Shuffling.Shuffle(rows, seed, stream: 0);
        (int size, int larger) = Math.DivRem(Count, k);
        for (int fold = 0, at = 0; fold < k; fold++)
        {
            for (int end = at + size + (fold < larger ? 1 : 0); at < end; at++)
                foldOf[rows[at]] = fold;
        }

        return FoldsOf(foldOf, k);
    }

    /// <summary>Like <see cref="KFold"/>, with every class in the same proportion in all test parts, to within one row: as many of each class as
    /// scikit-learn's StratifiedKFold gives each.</summary>
    /// <param name="k">The number of folds, from 2 to the rows of the most frequent class. A class with fewer rows is missing in some test parts.</param>
    /// <param name="seed">The seed of the draw.</param>
    /// <exception cref="NotSupportedException">The dataset has no single integer label.</exception>
    public (Dataset Training, Dataset Test)[] StratifiedKFold(int k, long seed = 0)
    {
        CheckFolds(k);

        // Classes in the order in which they appear, as scikit-learn takes them: where they begin in that order decides which folds get their odd rows.
        int[][] classes = [.. Enumerable.Range(0, Count).GroupBy(LabelOf).Select(group => group.ToArray())];
        if (classes.Max(rows => rows.Length) is int most && most < k)
        {
            throw new ArgumentOutOfRangeException(
                nameof(k), k, $"No class has more than {most} rows, so {k} folds cannot keep their proportions; use {nameof(KFold)}, or fewer folds.");
        }

        var foldOf = new int[Count];
        int dealt = 0;
        for (int i = 0; i < classes.Length; i++)
        {
            Shuffling.Shuffle(classes[i], seed, stream: i);
            foreach (int row in classes[i])
                foldOf[row] = dealt++ % k;
        }

        return FoldsOf(foldOf, k);
    }

    /// <summary>The first rows and the last ones: for rows that stand in the order of time, where a random split would let a model see the future. Of <see cref="FromWindows">windows</see> those
    /// that reach into the second part are in neither.</summary>
    /// <param name="fraction">The share of the first part, from 0 to 1.</param>
    public (Dataset First, Dataset Second) TimeSplit(double fraction)
    {
        CheckFraction(fraction);
        return Part(Shuffling.Identity(Count), (int)Math.Round(fraction * Count, MidpointRounding.AwayFromZero), Overlap);
    }

    /// <summary>Cross-validation along time, scikit-learn's TimeSeriesSplit: k pairs with test parts of Count / (k + 1) rows that lie one after the other at the
    /// end, each trained on all rows before it. No row is tested by a model that has seen a later one. Of <see cref="FromWindows">windows</see> those that reach into the test part are left out.</summary>
    /// <param name="k">The number of folds, from 2 to Count - 1.</param>
    public (Dataset Training, Dataset Test)[] TimeSeriesFolds(int k)
    {
        if (k < 2 || k >= Count)
            throw new ArgumentOutOfRangeException(nameof(k), k, $"Along time {Count} rows allow 2 to {Count - 1} folds.");
        int testRows = Count / (k + 1);
        int[] rows = Shuffling.Identity(Count);
        return [.. Enumerable.Range(0, k).Select(fold =>
        {
            int from = Count - (k - fold) * testRows;
            return ((Dataset)new DatasetView(this, rows[..Math.Max(0, from - Overlap)]), (Dataset)new DatasetView(this, rows[from..(from + testRows)]));
        })];
    }

    private (Dataset Training, Dataset Test)[] FoldsOf(int[] foldOf, int k) =>
        [.. Enumerable.Range(0, k).Select(fold => (Where(row => foldOf[row] != fold), Where(row => foldOf[row] == fold)))];

    private Dataset Where(Func<int, bool> chosen) => new DatasetView(this, [.. Enumerable.Range(0, Count).Where(chosen)]);

    private void CheckFolds(int k)
    {
        if (k < 2 || k > Count)
            throw new ArgumentOutOfRangeException(nameof(k), k, $"{Count} rows allow 2 to {Count} folds.");
    }
}
