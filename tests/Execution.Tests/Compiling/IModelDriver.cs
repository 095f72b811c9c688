namespace DlGen.Tests.Compiling;

/// <summary>
/// The generated members of a model behind one interface, whatever its element type and targets: implemented by a small class that
/// <see cref="CompiledModels"/> writes beside each model, so that tests call generated code directly (spans can't pass through reflection).
/// Public, because that class lives in another assembly.
/// </summary>
public interface IModelDriver
{
    IModel Model { get; }

    /// <summary>Sets what the next calls work on; converted to the model's own types. Lengths are not checked here: that is the model's task.</summary>
    void Bind(double[] inputs, double[]? targets = null);

    /// <summary>What the model predicts for the bound inputs; exact, also from float.</summary>
    double[] Predict();

    /// <summary>The same into a destination that <see cref="Bind"/> made: allocates nothing of its own.</summary>
    void PredictIntoDestination();

    double ComputeGradients(bool accumulate = false);

    double TrainBatch(Optimizer optimizer);

    /// <summary>The loss by a pass, whose backward half adds to the gradients of the parameters; and the gradient by the input.</summary>
    (double Loss, double[] Output, double[] InputGradient) ThroughPass(bool training);

    /// <summary>A further driver of the same model, with buffers of its own: for concurrent callers.</summary>
    IModelDriver Fork();
}
