using System.Globalization;
using DlGen.Files;

namespace DlGen.Compiled;

/// <summary>Writes and reads a training's checkpoint: a safetensors file with the parameters under <c>model/</c>, and beside them all that
/// <see cref="TrainingProgress"/>, the optimizer, averages and the best epoch hold.</summary>
internal sealed class TrainingFile
{
    private const string Position = "training/position", Sums = "training/sums", Reports = "training/reports", Steps = "optimizer/steps", Description = "optimizer/description";
    private const int Version = 1, PositionLength = 13, SumsLength = 7, ReportLength = 6;

    private readonly string path;
    private readonly ITrainable model;
    private readonly Dataset data;
    private readonly TrainingOptions options;
    private readonly string description;
    private readonly long fingerprint;

    /// <summary>Looks at the place, the optimizer and the data once, so that what is wrong with them is said before the first step.</summary>
    public TrainingFile(string path, ITrainable model, Dataset data, TrainingOptions options)
    {
        (this.path, this.model, this.data, this.options) = (path, model, data, options);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The checkpoint '{path}' can't be written: there is no folder '{folder}'. Create it, or choose another path.");
        AtomicFile.RemoveLeftovers(path);
        description = string.Create(CultureInfo.InvariantCulture, $"{options.Optimizer.Describe(model.Parameters)}, learning rate {options.Optimizer.LearningRate}{options.Augmentation?.Describe()}{(options.RowsPerEpoch is int rows ? $", {rows} rows an epoch" : "")}");
        fingerprint = DataFingerprint.Of(data, model.BatchDefinition);
    }

    private ParameterSet Parameters => model.Parameters;

    public void Save(TrainingProgress progress, TimeSpan elapsed, WeightCopy? average, WeightCopy? best)
    {
        var tensors = new List<TensorSource>(SafetensorsWriter.Tensors(Parameters, "model/"));
        if (average is not null)
            tensors.AddRange(Copy("average/", average, states: false));
        if (best is not null)
            tensors.AddRange(Copy("best/", best, states: true));
        if (options.Optimizer.StateOf(Parameters) is { } state)
        {
            for (int moment = 0; moment < state.Moments; moment++)
                tensors.AddRange(Moment(state, moment));
            tensors.Add(Numbers(Steps, StepsInOrder(state)));
        }

        tensors.Add(Numbers(Description, [.. description.Select(letter => (long)letter)]));

        tensors.Add(Numbers(Position,
        [
            Version, model.Random.Seed, model.Random.Step, options.Seed, options.BatchSize, fingerprint,
            progress.Epoch, progress.Row, progress.Step, progress.PlateauWaited, progress.PlateauCooldown, progress.BestEpoch, elapsed.Ticks,
        ]));
        tensors.Add(Doubles(Sums,
            [progress.LossSum, progress.Weight, progress.PlateauBest, progress.PlateauFactor, progress.Best, options.Optimizer.LearningRate, progress.LearningRate]));
        tensors.Add(Doubles(Reports, [.. progress.Reports.SelectMany(Flat)]));
        TensorFile.Save(path, tensors);
    }

    /// <summary>Takes everything over from the file, if there is one: parameters, optimizer, average, and what it gives back.</summary>
    /// <exception cref="ModelFileException">The file is of another training; nothing was changed.</exception>
    public (TrainingProgress Progress, WeightCopy? Best)? Load(WeightCopy? average)
    {
        if (!File.Exists(path))
            return null;
        var tensors = new TensorsOfFile(path, TensorFile.Read(path));
        long[] position = tensors.Longs(Position, PositionLength);
        Expect("format", position[0], Version);
        Expect("model with the seed", position[1], model.Random.Seed);
        Expect("Seed", position[3], options.Seed);
        Expect("BatchSize", position[4], options.BatchSize);
        if (position[5] != fingerprint)
            throw Another("other data: its first rows or their number are not those of this dataset");
        string found = string.Concat(tensors.Longs(Description).Select(letter => (char)letter));
        if (found != description)
            throw Another($"another optimizer: {found}. This one is {description}");
        double[] sums = tensors.Doubles(Sums, SumsLength);
        CheckNumbers(position, sums);
        double[] reports = tensors.Doubles(Reports, (int)position[6] * ReportLength);
        Array[] values = Read(tensors, "model/"), averages = average is null ? [] : Read(tensors, "average/", trainedOnly: true);
        Array[] bests = position[11] > 0 && options.EarlyStopping is { RestoreBest: true } ? Read(tensors, "best/") : [];
        LoadOptimizer(tensors);

        for (int i = 0; i < Parameters.Count; i++)
        {
            SetParameter(Parameters[i], values[i]);
            if (average is not null && !Parameters[i].IsState)
                average.Write(i, averages[i]);
        }

        WeightCopy? best = bests.Length == 0 ? null : WeightCopy.Of(Parameters, states: true);
        for (int i = 0; i < bests.Length; i++)
            best!.Write(i, bests[i]);
        model.Random.Step = position[2];
        if (options.Schedule is null && options.ReduceOnPlateau is null)
            options.Optimizer.LearningRate = sums[5];
        var progress = new TrainingProgress
        {
            Epoch = (int)position[6], Row = (int)position[7], Step = position[8], PlateauWaited = (int)position[9], PlateauCooldown = (int)position[10],
            BestEpoch = (int)position[11], Before = TimeSpan.FromTicks(position[12]),
            LossSum = sums[0], Weight = sums[1], PlateauBest = sums[2], PlateauFactor = sums[3], Best = sums[4], LearningRate = sums[6],
        };
        for (int i = 0; i < reports.Length; i += ReportLength)
            progress.Reports.Add(Report(i / ReportLength + 1, reports.AsSpan(i, ReportLength)));
        return (progress, best);
    }

    private static double[] Flat(EpochReport report) =>
    [
        report.Loss, report.LearningRate, report.Elapsed.Ticks, report.Validation?.Loss ?? double.NaN, report.Validation?.Rows ?? 0, report.Validation?.Accuracy ?? double.NaN,
    ];

    private EpochReport Report(int epoch, ReadOnlySpan<double> flat)
    {
        Evaluation? validation = flat[4] == 0 ? null : new Evaluation(flat[3], (int)flat[4], double.IsNaN(flat[5]) ? null : flat[5], null);
        return new EpochReport(epoch, options.Epochs, flat[0], validation, TimeSpan.FromTicks((long)flat[2]), flat[1]);
    }

    /// <summary>Numbers that no training writes are a damaged file.</summary>
    private void CheckNumbers(long[] position, double[] sums)
    {
        bool isRight = position[2] >= 0 && position[6] is >= 0 and <= int.MaxValue / ReportLength && position[7] >= 0 && position[7] <= data.Count && position[8] >= 0
            && position[9] is >= 0 and <= int.MaxValue && position[10] is >= 0 and <= int.MaxValue && position[11] >= 0 && position[11] <= position[6]
            && position[12] >= 0
            && double.IsFinite(sums[0]) && sums[1] >= 0 && double.IsFinite(sums[1]) && sums[3] is >= 0 and <= 1
            && sums[5] >= 0 && double.IsFinite(sums[5]) && sums[6] >= 0 && double.IsFinite(sums[6]);
        if (!isRight)
            throw new ModelFileException($"The checkpoint '{path}' holds numbers that no training writes: it is damaged. Delete it to begin anew.");
    }

    /// <summary>All tensors are looked at before the optimizer is touched.</summary>
    private void LoadOptimizer(TensorsOfFile tensors)
    {
        if (!tensors.Has(Steps))
        {
            options.Optimizer.Forget(Parameters);
            return;
        }

        long[] steps = tensors.Longs(Steps, Parameters.Count);
        var moments = new List<Array[]>();
        while (tensors.Has(MomentPrefix(moments.Count) + Parameters.First(parameter => !parameter.IsState).Name))
            moments.Add(Read(tensors, MomentPrefix(moments.Count), trainedOnly: true));
        OptimizerState state = options.Optimizer.NewState(Parameters);
        if (moments.Count != state.Moments)
            throw Another($"another optimizer, with {moments.Count} moments where this one has {state.Moments}");
        for (int moment = 0; moment < moments.Count; moment++)
        {
            for (int i = 0; i < Parameters.Count; i++)
            {
                if (!Parameters[i].IsState)
                    state.WriteMoment(moment, i, moments[moment][i]);
            }
        }

        Parameter[] inOrder = Parameters.InMemoryOrder;
        for (int i = 0; i < inOrder.Length; i++)
            state.Steps[i] = steps[inOrder[i].Index];
        options.Optimizer.Replace(Parameters, state);
    }

    private long[] StepsInOrder(OptimizerState state)
    {
        var steps = new long[Parameters.Count];
        Parameter[] inOrder = Parameters.InMemoryOrder;
        for (int i = 0; i < inOrder.Length; i++)
            steps[inOrder[i].Index] = state.Steps[i];
        return steps;
    }

    private static string MomentPrefix(int moment) => string.Create(CultureInfo.InvariantCulture, $"optimizer/moment_{moment + 1}/");

    private IEnumerable<TensorSource> Moment(OptimizerState state, int moment)
        => Parameters.Where(parameter => !parameter.IsState).Select(parameter => Tensor(MomentPrefix(moment), parameter, () => state.ReadMoment(moment, parameter.Index)));

    private IEnumerable<TensorSource> Copy(string prefix, WeightCopy copy, bool states)
        => Parameters.Where(parameter => states || !parameter.IsState).Select(parameter => Tensor(prefix, parameter, () => copy.Read(parameter.Index)));

    private TensorSource Tensor(string prefix, Parameter parameter, Func<Array> values)
        => new(prefix + parameter.Name, Parameters.Storage.Float64 ? "F64" : "F32", parameter.Shape.ToArray(), values);

    private static TensorSource Numbers(string name, long[] values) => new(name, "I64", [values.Length], () => values);

    private static TensorSource Doubles(string name, double[] values) => new(name, "F64", [values.Length], () => values);

    private Array[] Read(TensorsOfFile tensors, string prefix, bool trainedOnly = false)
        => [.. Parameters.Select(parameter => trainedOnly && parameter.IsState ? Array.Empty<float>() : tensors.Values(prefix + parameter.Name, parameter.Length, Parameters.Storage.Float64))];

    private static void SetParameter(Parameter parameter, Array values)
    {
        if (values is float[] floats)
            parameter.CopyFrom(floats);
        else
            parameter.CopyFrom((double[])values);
    }

    private void Expect(string what, long found, long expected)
    {
        if (found != expected)
        {
            throw Another(string.Create(CultureInfo.InvariantCulture, $"a training with the {what} {found}, this one has {expected}"));
        }
    }

    private ModelFileException Another(string what) => new($"The checkpoint '{path}' is of {what}. Go on with the same, or delete the file to begin anew.");

    /// <summary>The tensors, which must be there with their types and lengths.</summary>
    private sealed class TensorsOfFile(string path, Dictionary<string, Array> tensors)
    {
        public bool Has(string name) => tensors.ContainsKey(name);

        public long[] Longs(string name, int? length = null) => Of<long>(name, length);

        public double[] Doubles(string name, int length) => Of<double>(name, length);

        public Array Values(string name, int length, bool float64) => float64 ? Of<double>(name, length) : Of<float>(name, length);

        private T[] Of<T>(string name, int? length)
        {
            if (!tensors.TryGetValue(name, out Array? values))
                throw new ModelFileException($"The checkpoint '{path}' has no tensor {name}: it is of another model, optimizer or kind of training. Go on with the same, or delete the file to begin anew.", missing: [name]);
            return values is T[] elements && elements.Length == (length ?? elements.Length)
                ? elements
                : throw new ModelFileException(string.Create(CultureInfo.InvariantCulture,
                    $"The checkpoint '{path}' has {values.Length} numbers of another shape or type in {name}, where {length} are expected. Go on with the same model, or delete the file to begin anew."));
        }
    }
}
