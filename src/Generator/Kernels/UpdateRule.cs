namespace DlGen.Kernels;

/// <summary>
/// What an optimizer does to one element of the parameters, as a map over their memory: a step needs no kind of kernel of its own. Buffers are the
/// parameters, their gradients, the moments, then a buffer of one number for each of <paramref name="Rates"/>, so that rates may change between steps
/// without another kernel. The rows of the launch are the elements. The runtime's optimizers compute the same, bit for bit.
/// </summary>
/// <param name="Name">As the runtime's optimizers name it; with an L1 penalty "_l1" behind it.</param>
/// <param name="Moments">How many numbers of state an element has.</param>
/// <param name="Rates">What the rule is given for each step, in the order of their buffers.</param>
internal sealed partial record UpdateRule(string Name, int Moments, IReadOnlyList<UpdateRate> Rates, MapKernel Kernel)
{
    /// <summary>Every rule, each without and with an L1 penalty, which is added to the gradient, times the parameter's sign.</summary>
    public static IReadOnlyList<UpdateRule> All(bool float64)
    {
        Draft[] drafts = [Sgd, SgdWithMomentum, Lion, Adam, Nadam, AdaGrad, RmsProp, RmsPropWithMomentum, CenteredRmsProp];
        return [.. drafts.SelectMany(draft => new[] { draft.Build(float64, penalised: false), draft.Build(float64, penalised: true) })];
    }

    /// <summary>A rule before its precision is known.</summary>
    private sealed record Draft(string Name, int Moments, UpdateRate[] Rates, Action<UpdateRuleBuilder> Write)
    {
        public UpdateRule Build(bool float64, bool penalised)
        {
            UpdateRate[] rates = penalised ? [.. Rates, UpdateRate.L1] : Rates;
            var builder = new UpdateRuleBuilder(Moments, rates, float64);
            Write(builder);
            return new UpdateRule(penalised ? Name + "_l1" : Name, Moments, rates, builder.Build());
        }
    }
}
