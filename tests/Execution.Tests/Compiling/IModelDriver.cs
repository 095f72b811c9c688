namespace DlGen.Tests.Compiling;

/// <summary>
/// The generated members of a model behind one interface, whatever its element type, inputs, outputs and targets: implemented by a small class that
/// <see cref="CompiledModels"/> writes beside each model, so that tests call generated code directly (spans can't pass through reflection).
/// Inputs and targets go by their names in the declaration; outputs too, and a single output has the empty name. Public, because that class lives in
/// another assembly.
/// </summary>
public interface IModelDriver
{
    IModel Model { get; }

    /// <summary>Whether the model has a loss, and so the members that train it.</summary>
    bool HasLoss { get; }

    /// <summary>
    /// Sets what the next calls work on: inputs and targets by name, converted to the model's own types; what is not named becomes empty. Lengths are
    /// not checked here: that is the model's task.
    /// </summary>
    void Bind(IReadOnlyDictionary<string, double[]> variables);

    /// <summary>What the model predicts for the bound inputs, by output; exact, also from float.</summary>
    IReadOnlyDictionary<string, double[]> Predict(int threads = 1);

    /// <summary>The same into destinations that <see cref="Bind"/> made: allocates nothing of its own.</summary>
    void PredictIntoDestinations(int threads = 1);

    double ComputeGradients(bool accumulate = false);

    double TrainBatch(Optimizer optimizer);

    /// <summary>Steps on several threads on what is bound: what a loop of the user's own calls.</summary>
    Func<double> StartTraining(Optimizer optimizer, int threads);

    /// <summary>The loss by a pass, whose backward half adds to the gradients of the parameters; and the gradients by the inputs. Without a loss forward alone.</summary>
    PassResult ThroughPass(bool training);

    /// <summary>What the model gives step by step for the first of the bound rows, by output: as many steps as its input has or it can take; null where it can't run so.</summary>
    IReadOnlyList<IReadOnlyDictionary<string, double[]>>? StepByStep();

    /// <summary>The mean loss of the bound rows, as Evaluate gives it.</summary>
    double Evaluate();

    /// <summary>A further driver of the same model, with buffers of its own: for concurrent callers.</summary>
    IModelDriver Fork();

    /// <summary>The model on a device, of one that is compiled for it.</summary>
    IDeviceDriver OnDevice();
}

/// <summary>The generated members of a model on a device; they work on what is bound to its <see cref="IModelDriver"/>.</summary>
public interface IDeviceDriver : IDisposable
{
    /// <summary>By output, as <see cref="IModelDriver.Predict"/>.</summary>
    IReadOnlyDictionary<string, double[]> Predict();

    double TrainBatch(Optimizer optimizer);

    double Evaluate();

    /// <summary>Brings the parameters back to the model.</summary>
    void Synchronize();
}

/// <summary>What a pass gave: outputs and input gradients by name, as <see cref="IModelDriver"/> names them.</summary>
public sealed record PassResult(double Loss, IReadOnlyDictionary<string, double[]> Outputs, IReadOnlyDictionary<string, double[]> InputGradients);

/// <summary>Conversions between the tests' doubles and a model's own types, for the generated drivers.</summary>
public static class DriverValues
{
    public static float[] Floats(IReadOnlyDictionary<string, double[]> variables, string name) => Array.ConvertAll(Named(variables, name), x => (float)x);

    public static double[] Doubles(IReadOnlyDictionary<string, double[]> variables, string name) => [.. Named(variables, name)];

    public static int[] Ints(IReadOnlyDictionary<string, double[]> variables, string name) => Array.ConvertAll(Named(variables, name), x => (int)x);

    public static byte[] Bytes(IReadOnlyDictionary<string, double[]> variables, string name) => Array.ConvertAll(Named(variables, name), x => checked((byte)x));

    public static double[] Of(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), x => (double)x);

    public static double[] Of(ReadOnlySpan<double> values) => values.ToArray();

    private static double[] Named(IReadOnlyDictionary<string, double[]> variables, string name) => variables.TryGetValue(name, out double[]? values) ? values : [];
}
