using Microsoft.CodeAnalysis;
using DlGen.Tests.Harness;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DlGen.Tests;

/// <summary>What a model is compiled for: DLG0117 at its attribute, and the members that it gets.</summary>
public class TargetsTests
{
    private const string Both = "[Model(Targets = Targets.Cpu | Targets.Cuda), Input(4), Linear(3), SoftmaxCrossEntropy] public partial class Net;";

    [Theory]
    [InlineData("Targets.Cuda")]
    [InlineData("(Targets)0")]
    [InlineData("(Targets)4")]
    [InlineData("Targets.Cpu | (Targets)4")]
    public Task The_processor_is_always_among_them(string targets)
        => Model.SourceWithCuda($"[[|Model(Targets = {targets})|], Input(4), Linear(3), SoftmaxCrossEntropy] public partial class Net;").Reports("DLG0117", "write Targets.Cpu, or Targets.Cpu | Targets.Cuda");

    [Fact]
    public Task A_device_needs_its_package()
        => Model.Source(Both.Replace("[Model(Targets = Targets.Cpu | Targets.Cuda)", "[[|Model(Targets = Targets.Cpu | Targets.Cuda)|]", StringComparison.Ordinal)).Reports("DLG0117", "add a reference to src/Cuda/DlGen.Cuda.csproj");

    [Fact]
    public Task With_the_package_it_is_fine() => Model.SourceWithCuda(Both).ReportsNothing();

    [Theory]
    [InlineData("")]
    [InlineData("(Targets = Targets.Cpu)")]
    public Task The_processor_alone_needs_none(string targets) => Model.Source($"[Model{targets}, Input(4), Linear(3), SoftmaxCrossEntropy] public partial class Net;").ReportsNothing();

    [Theory]
    [InlineData("CudaPrecision = (CudaPrecision)3, Targets = Targets.Cpu | Targets.Cuda", "CudaPrecision is Fp32, Tf32 or Bf16")]
    [InlineData("CudaPrecision = CudaPrecision.Tf32", "write Targets = Targets.Cpu | Targets.Cuda")]
    [InlineData("CudaPrecision = CudaPrecision.Bf16, Targets = Targets.Cpu", "write Targets = Targets.Cpu | Targets.Cuda")]
    [InlineData("CudaPrecision = CudaPrecision.Tf32, Targets = Targets.Cpu | Targets.Cuda, Precision = Precision.Float64", "leave CudaPrecision or Precision.Float64 out")]
    public Task A_precision_of_a_device_needs_one_and_floats(string arguments, string advice)
        => Model.SourceWithCuda($"[[|Model({arguments})|], Input(4), Linear(3), SoftmaxCrossEntropy] public partial class Net;").Reports("DLG0117", advice);

    /// <summary>What is large enough is multiplied by tensor cores, for which the text and the plan say what they need; all else is as without them.</summary>
    [Theory, InlineData("Tf32", "tf32"), InlineData("Bf16", "bf16")]
    public async Task Tensor_cores_are_for_models_that_ask_for_them(string precision, string numbers)
    {
        string source = $"[Model(Targets = Targets.Cpu | Targets.Cuda, CudaPrecision = CudaPrecision.{precision}), Input(512), Linear(512), MeanSquaredError] public partial class Net;";
        await Model.SourceWithCuda(source).ReportsNothing();
        string generated = Generated(source), plain = Generated(source.Replace(precision, "Fp32", StringComparison.Ordinal)), small = Generated(source.Replace("512", "3", StringComparison.Ordinal));
        Assert.Contains($"{{ ComputeCapability = 80, Precision = global::DlGen.CudaPrecision.{precision} }}", generated, StringComparison.Ordinal);
        Assert.Contains(".target sm_80", generated, StringComparison.Ordinal);
        Assert.Contains($".f32.{numbers}.{numbers}.f32", generated, StringComparison.Ordinal);
        foreach (string text in new[] { plain, small })
        {
            Assert.Contains(".target sm_70", text, StringComparison.Ordinal);
            Assert.DoesNotContain("mma.sync", text, StringComparison.Ordinal);
            Assert.DoesNotContain("ComputeCapability = ", text, StringComparison.Ordinal);
        }
        Assert.Equal(plain, Generated(source.Replace($", CudaPrecision = CudaPrecision.{precision}", "", StringComparison.Ordinal)));
    }

    /// <summary>Nobody pays for a target that a model does not have.</summary>
    [Fact]
    public void Only_a_model_for_a_device_has_its_members()
    {
        Assert.Contains("public CudaModel OnCuda(int device = 0)", Generated(Both), StringComparison.Ordinal);
        Assert.DoesNotContain("Cuda", Generated(Both.Replace("(Targets = Targets.Cpu | Targets.Cuda)", "", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    /// <summary>Where the model is not trained, neither is that on the device; it generates where the model does.</summary>
    [Fact]
    public async Task A_device_has_the_members_that_the_model_has()
    {
        const string predicts = "[Model(Targets = Targets.Cpu | Targets.Cuda), Input(4), Linear(3)] public partial class Net;";
        await Model.SourceWithCuda(predicts).ReportsNothing();
        string[] members = Members(Generated(predicts));
        Assert.Contains("Predict", members);
        Assert.DoesNotContain("TrainBatch", members);

        const string writes = "[Model(Targets = Targets.Cpu | Targets.Cuda), Tokens(5, 7), Embedding(4), Attention(2, Causal = true), Linear(7), SoftmaxCrossEntropy] public partial class Net;";
        await Model.SourceWithCuda(writes).ReportsNothing();
        members = Members(Generated(writes));
        Assert.Superset(new HashSet<string> { "Train", "TrainBatch", "Evaluate", "Predict", "Generate", "Synchronize", "Dispose" }, members.ToHashSet());
        Assert.Empty(members.Intersect(["CreatePass", "CreateSteps", "ComputeGradients", "StartTraining"]));
    }

    /// <summary>The members' own variables have names that are taken, or none of the user's could have.</summary>
    [Theory]
    [InlineData("first, last, next, known, staged, model, device, options, gpu, execution, opened, data, prompt, sampling, cancellationToken, names, Device, Handles, Network, CudaModel")]
    public async Task Names_of_inputs_are_the_users(string names)
    {
        foreach (string name in names.Split(", "))
            await Model.SourceWithCuda($"[Model(Targets = Targets.Cpu | Targets.Cuda), SoftmaxCrossEntropy] public partial class Net {{ private static Tensor Forward([Tokens(4, 8)] Tensor {name}) => {name}.Embedding(3).Linear(8); }}").ReportsNothing();
    }

    /// <summary>One mistake is one diagnostic, also for whoever uses the model on a device.</summary>
    [Theory]
    [InlineData("[|Linear(0)|]")]
    [InlineData("Linear(3), [|Huber(0)|]")]
    public Task After_an_error_the_members_are_there(string layers) => Model.SourceWithCuda($$"""
        [Model(Targets = Targets.Cpu | Targets.Cuda), Input(4), {{layers}}] public partial class Net;

        public static class Program
        {
            public static string Use(Dataset data, float[] x)
            {
                using var gpu = new Net().OnCuda(new CudaOptions { Device = 1 });
                gpu.Train(data, new TrainingOptions { Optimizer = Optimizer.Adam(1e-3) });
                gpu.Synchronize();
                using var other = new Net().OnCuda();
                return "" + other.Predict(x).Length;
            }
        }
        """).Reports("DLG0109");

    [Fact]
    public Task Without_the_package_they_are_there_too() => Model.Source("""
        [[|Model(Targets = Targets.Cpu | Targets.Cuda)|], Input(4), Linear(3), MeanSquaredError] public partial class Net;

        public static class Program
        {
            public static float Use(float[] x, float[] y)
            {
                using var gpu = new Net().OnCuda();
                return gpu.TrainBatch(x, y, Optimizer.Sgd(0.1));
            }
        }
        """).Reports("DLG0117");

    private static string Generated(string source) => TestCompilation.GeneratedText(TestCompilation.CompileWithCuda("using DlGen;\n" + source));

    /// <summary>The public methods of the nested class.</summary>
    private static string[] Members(string generated)
        => [.. CSharpSyntaxTree.ParseText(generated).GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>().Single(c => c.Identifier.ValueText == "CudaModel")
            .Members.OfType<MethodDeclarationSyntax>().Where(m => m.Modifiers.Any(k => k.IsKind(SyntaxKind.PublicKeyword))).Select(m => m.Identifier.ValueText).Distinct()];
}
