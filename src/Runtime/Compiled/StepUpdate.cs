using System.ComponentModel;

namespace DlGen.Compiled;

/// <summary>What a training step does with its gradients: clips them, then updates the parameters.</summary>
/// <param name="Optimizer">What updates the parameters.</param>
/// <param name="ClipValue">The largest magnitude of an element; null for none.</param>
/// <param name="ClipNorm">The largest norm of all gradients together, after that; null for none.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record StepUpdate(Optimizer Optimizer, double? ClipValue = null, double? ClipNorm = null)
{
    /// <summary>Does so on the processor.</summary>
    /// <param name="parameters">The parameters of the model whose gradients were computed.</param>
    /// <param name="team">The threads that computed the gradients, null for the caller alone.</param>
    public void Run(ParameterSet parameters, Team? team)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (ClipValue is double largest)
            parameters.ClipGradientValues(largest);
        if (ClipNorm is double norm)
            parameters.ClipGradients(norm);
        Optimizer.Step(parameters, team);
    }
}
