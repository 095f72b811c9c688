using DlGen.Compiled;

namespace DlGen.Tests;

/// <summary>What the generator would emit for <c>[Model, Input(4), Linear(3), SoftmaxCrossEntropy]</c>, in plain loops: the contract between generated code
/// and the runtime, used as it is meant.</summary>
internal sealed class SoftmaxRegression : ITrainable, IModel
{
    private const int Inputs = 4, Classes = 3;

    private static readonly NetworkDefinition<float> Definition = new(
        new ModelInfo("SoftmaxRegression", [new("linear_1", "Linear", [Classes], 15, 27)], 15, Inputs, Classes, 27, 4 * Classes, 4 * 8 * Classes, 8),
        [
            new("linear_1.weight", [Classes, Inputs], 0, PanelAxis: 0, PanelWidth: 16, new(InitializerKind.Uniform, 0.5), false),
            new("linear_1.bias", [Classes], 64, 0, 0, new(InitializerKind.Uniform, 0.5), false),
        ],
        ParameterLength: 80, DerivedLength: 0, Prepare: null, ShardRows: 8, PredictArenaLength: 0, 0, StepShardLength: 8 * Classes, 0);

    private readonly ModelCore<float> core;

    public SoftmaxRegression(long seed = 0) => core = new ModelCore<float>(Definition, seed);

    public ParameterSet Parameters => core.Parameters;

    public BatchDefinition BatchDefinition { get; } = new([new("inputs", FieldKind.Float, Inputs, 0), new("targets", FieldKind.Int, 1, Classes)], Float64: false);

    public long Step
    {
        get
        {
            using StepScope<float> step = core.BeginStep(1);
            return step.Step;
        }
    }

    public void Save(string path, Tokenizer? tokenizer = null) => core.Save(path, tokenizer);

    public void Load(string path) => core.Load(path);

    public float[] Predict(ReadOnlySpan<float> inputs)
    {
        var probabilities = new float[Check.Rows(nameof(inputs), inputs.Length, Inputs) * Classes];
        Forward(inputs, probabilities);
        return probabilities;
    }

    public float ComputeGradients(ReadOnlySpan<float> inputs, ReadOnlySpan<int> targets, bool accumulate = false)
    {
        int rows = Check.Rows(nameof(inputs), inputs.Length, Inputs);
        Check.Length(nameof(targets), targets.Length, rows, 1);
        Check.Labels(nameof(targets), targets, Classes);
        using StepScope<float> step = core.BeginStep(rows);
        if (accumulate)
            step.KeepGradients();
        Span<float> probabilities = step.Arena[..(rows * Classes)];
        double loss = Forward(inputs, probabilities, targets) / rows;
        Check.Finite(loss, nameof(inputs), inputs, Inputs);
        if (!double.IsFinite(loss))
            throw Check.NonFinite(loss, core, "linear_1");

        Backward(inputs, targets, probabilities, step.Gradients);
        if (accumulate)
            step.AddKeptGradients();
        step.Commit();
        return (float)loss;
    }

    public float TrainBatch(ReadOnlySpan<float> inputs, ReadOnlySpan<int> targets, Optimizer optimizer)
    {
        float loss = ComputeGradients(inputs, targets);
        optimizer.Step(Parameters);
        return loss;
    }

    IRandomState ITrainable.Random => core;

    double ITrainable.Step(Batch batch, double divisor, int parts, Team? team, StepUpdate update)
    {
        Assert.True(batch.Rows == divisor && parts == 1);
        float loss = ComputeGradients(batch.Floats("inputs"), batch.Ints("targets"));
        update.Run(Parameters, team);
        return loss * divisor;
    }

    void ITrainable.Evaluate(Batch batch, EvaluationBuilder evaluation, Team? team)
    {
        var probabilities = new float[batch.Rows * Classes];
        evaluation.Add(Forward(batch.Floats("inputs"), probabilities, batch.Ints("targets")), batch.Rows, batch.Rows);
        evaluation.AddClassification(probabilities.AsSpan(), batch.Ints("targets"), Classes);
    }

    /// <summary>Probabilities; the sum of the rows' losses if there are targets.</summary>
    private double Forward(ReadOnlySpan<float> inputs, Span<float> probabilities, ReadOnlySpan<int> targets = default)
    {
        ReadOnlySpan<float> values = core.Values;
        double loss = 0;
        for (int row = 0; row < probabilities.Length / Classes; row++)
        {
            Span<float> p = probabilities.Slice(row * Classes, Classes);
            for (int c = 0; c < Classes; c++)
            {
                p[c] = values[64 + c];
                for (int i = 0; i < Inputs; i++)
                    p[c] += inputs[row * Inputs + i] * values[i * 16 + c];
            }

            float largest = Math.Max(p[0], Math.Max(p[1], p[2])), sum = 0;
            for (int c = 0; c < Classes; c++)
                sum += p[c] = MathF.Exp(p[c] - largest);
            for (int c = 0; c < Classes; c++)
                p[c] /= sum;
            loss -= targets.IsEmpty ? 0 : Math.Log(p[targets[row]]);
        }

        return loss;
    }

    private static void Backward(ReadOnlySpan<float> inputs, ReadOnlySpan<int> targets, ReadOnlySpan<float> probabilities, Span<float> gradients)
    {
        gradients.Clear();
        for (int row = 0; row < targets.Length; row++)
        {
            for (int c = 0; c < Classes; c++)
            {
                float d = (probabilities[row * Classes + c] - (targets[row] == c ? 1 : 0)) / targets.Length;
                gradients[64 + c] += d;
                for (int i = 0; i < Inputs; i++)
                    gradients[i * 16 + c] += d * inputs[row * Inputs + i];
            }
        }
    }
}
