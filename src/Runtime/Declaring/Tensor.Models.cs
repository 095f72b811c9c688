namespace DlGen;

public sealed partial class Tensor
{
    /// <summary>The output of another model of this project for this tensor, before the link of its loss. All calls of one model share its parameters, which
    /// are named as it names them, under a scope of its name: <c>teacher.linear_1.weight</c>. PyTorch's submodule.</summary>
    /// <typeparam name="TModel">A class with <c>[Model]</c>, of one input and one output; its input has this tensor's shape.</typeparam>
    /// <param name="frozen">Whether it is used as it predicts: its parameters get no gradient, nothing is dropped out, running statistics stay as they
    /// are, as after <c>eval()</c> and <c>requires_grad_(False)</c>. Such a model may also stand in Loss.</param>
    public Tensor Call<TModel>(bool frozen = false)
        where TModel : class => Symbolic;
}
