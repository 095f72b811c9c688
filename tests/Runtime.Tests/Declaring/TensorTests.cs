using System.Reflection;

namespace DlGen.Tests;

/// <summary>What describes a network must not run: every member of Tensor says so.</summary>
public sealed class TensorTests
{
    [Theory]
    [InlineData(typeof(Tensor), 60)]
    [InlineData(typeof(TensorList), 9)]
    public void Every_member_throws(Type type, int least)
    {
        // An instance cannot be had: the constructor is private and every factory throws.
        object tensor = System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
        MethodInfo[] members = [.. type
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Select(method => method.IsGenericMethodDefinition ? method.MakeGenericMethod(typeof(Tensor)) : method)
            .Where(method => !method.ReturnType.IsByRefLike && !method.GetParameters().Any(parameter => parameter.ParameterType.IsByRefLike))];
        Assert.True(members.Length > least);
        foreach (MethodInfo member in members)
        {
            object?[] arguments = [.. member.GetParameters().Select(parameter =>
                parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null)];
            var error = Assert.Throws<TargetInvocationException>(() => member.Invoke(member.IsStatic ? null : tensor, arguments));
            Assert.IsType<SymbolicOnlyException>(error.InnerException);
        }
    }

    [Fact]
    public void What_reflection_can_not_call_throws_too()
    {
        var parts = (TensorList)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(typeof(TensorList));
        Assert.Throws<SymbolicOnlyException>(() => Tensor.Concat(parts));
        Assert.Throws<SymbolicOnlyException>(() => Tensor.Concat([]));
        Assert.Throws<SymbolicOnlyException>(() => Tensor.Stack([]));
        Assert.Throws<SymbolicOnlyException>(() => Tensor.Parameter([2, 3]));
        Assert.Throws<SymbolicOnlyException>(() => Initializer.Normal(1));
        Assert.Throws<SymbolicOnlyException>(() => { Slice slice = 1; });
        Assert.Contains("call Predict", new SymbolicOnlyException().Message);
    }

    [Fact]
    public void Attributes_keep_what_they_were_given()
    {
        Assert.Equal((120, false), new LinearAttribute(120) { Bias = false } is var linear ? (linear.Outputs, linear.Bias) : default);
        Assert.True(new LinearAttribute(1).Bias);
        Assert.Equal([2, -1], new ReshapeAttribute(2, -1).Shape);
        Assert.Equal((0.5, 2.0), new NormalizeAttribute(0.5, 2) is var scaling ? (scaling.Mean, scaling.Std) : default);
        Assert.Equal(0.3, new DropoutAttribute(0.3).P);
        Assert.Equal(1e-5, new LayerNormAttribute().Epsilon);
        Assert.Equal(0.01, new LeakyReluAttribute().Slope);
        Assert.Equal(1, new EluAttribute().Alpha);
        Assert.Equal(-1, new SoftmaxAttribute().Axis);
        Assert.Equal(0.0, new SoftmaxCrossEntropyAttribute().LabelSmoothing);
        Assert.Equal([1, 28, 28], new InputAttribute(1, 28, 28).Shape);
        Assert.Equal((10, 5), new LabelAttribute(10) { Length = 5 } is var label ? (label.Classes, label.Length) : default);
        Assert.Equal((Init.Normal, 1.0), new InitializeAttribute(Init.Normal) is var start ? (start.Init, start.Scale) : default);
        Assert.Equal(Precision.Float32, new ModelAttribute().Precision);
    }
}
