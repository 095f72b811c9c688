using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using DlGen.Cpu;
using DlGen.Emission;
using DlGen.Kernels;
using DlGen.Tests.Compiling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DlGen.Tests.Cpu;

/// <summary>How a kernel of a test is printed: plainly, by the entry method that asks for the hardware, or by the template of one vector width.</summary>
internal enum Form { Plain, Entry, Vector512, Vector256, Vector128 }

/// <summary>Runs a printed kernel: arrays of float, double or int, where in each the buffer starts, its shard stride, the rows, and in how many
/// shares the result is computed, the last one first.</summary>
public delegate void KernelCall(Array[] buffers, int[] starts, nint[] shardStrides, int rows, int shardRows, int parts);

/// <summary>Kernel records printed and compiled together: one compilation costs more than what is in it.</summary>
internal sealed class PrintedKernels
{
    private const string Usings = """
        using System;
        using System.Runtime.CompilerServices;
        using System.Runtime.InteropServices;
        using System.Runtime.Intrinsics;
        using DlGen.Numerics;

        """;

    private readonly Type driver;
    private readonly Kernel[] kernels;
    private readonly bool[] hasTemplate;

    private PrintedKernels(byte[] image, string text, Kernel[] kernels, bool[] hasTemplate)
    {
        Image = image;
        Text = text;
        this.kernels = kernels;
        this.hasTemplate = hasTemplate;
        driver = new AssemblyLoadContext("kernels").LoadFromStream(new MemoryStream(image)).GetType("Driver", throwOnError: true)!;
    }

    public byte[] Image { get; }

    public string Text { get; }

    public static PrintedKernels Of(bool float64, params Kernel[] kernels)
    {
        var writer = new SourceWriter();
        var options = new CpuOptions(float64, Plain: false);
        bool[] hasTemplate = [.. kernels.Select(k => KernelPrinter.HasTemplate(k, options))];
        writer.Line(Usings);
        using (writer.Block("internal static class Kernels"))
        {
            for (int i = 0; i < kernels.Length; i++)
            {
                KernelPrinter.Print(writer, kernels[i], "K" + i, options);
                KernelPrinter.Print(writer, kernels[i], $"K{i}_Plain", options with { Plain = true });
            }
        }
        using (writer.Block("public static class Driver"))
        {
            for (int i = 0; i < kernels.Length; i++)
            {
                WriteCall(writer, kernels[i], $"K{i}_Plain", options);
                WriteCall(writer, kernels[i], "K" + i, options);
                if (!hasTemplate[i]) continue;
                foreach (int bits in KernelPrinter.Widths(kernels[i], options)) WriteCall(writer, kernels[i], $"K{i}_{bits}", options);
            }
        }
        return new PrintedKernels(Compile(writer.ToString()), writer.ToString(), kernels, hasTemplate);
    }

    public bool HasTemplate(int kernel) => hasTemplate[kernel];

    public Kernel this[int kernel] => kernels[kernel];

    public int Count => kernels.Length;

    /// <summary>A kernel of a few columns has no printing for vectors wider than they are: the entry stands for it.</summary>
    public KernelCall Call(int kernel, Form form)
    {
        MethodInfo? Method(string suffix) => driver.GetMethod($"K{kernel}{suffix}", BindingFlags.Public | BindingFlags.Static);
        var method = Method(form switch { Form.Entry => "", Form.Plain => "_Plain", _ => "_" + form.ToString()["Vector".Length..] });
        return (method ?? Method("")!).CreateDelegate<KernelCall>();
    }

    private static void WriteCall(SourceWriter writer, Kernel kernel, string name, CpuOptions options)
    {
        var arguments = new List<string>();
        bool sharded = Signature.IsSharded(kernel);
        for (int b = 0; b < kernel.Buffers.Count; b++)
        {
            string type = kernel.Buffers[b].ElementType(options.Element);
            arguments.Add($"ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(({type}[])buffers[{b}]), starts[{b}])");
            if (sharded) arguments.Add($"shardStrides[{b}]");
        }
        arguments.Add("rows");
        if (sharded) arguments.Add("shardRows");
        if (Signature.IsDivided(kernel)) arguments.AddRange(["part", "parts"]);
        using var method = writer.Block($"public static void {name}(Array[] buffers, int[] starts, nint[] shardStrides, int rows, int shardRows, int parts)");
        if (Signature.IsDivided(kernel)) writer.Line("for (int part = parts - 1; part >= 0; part--)");
        writer.Line($"Kernels.{name}({string.Join(", ", arguments)});");
    }

    private static byte[] Compile(string text)
    {
        var tree = CSharpSyntaxTree.ParseText(text, WithoutNullability.Of(new CSharpParseOptions(LanguageVersion.Latest)), "Kernels.g.cs", Encoding.UTF8);
        var compilation = CSharpCompilation.Create("Kernels", [tree], CompiledModels.References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, optimizationLevel: OptimizationLevel.Release));
        using var image = new MemoryStream();
        var problems = compilation.Emit(image).Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning).ToList();
        if (problems.Count > 0) throw new InvalidOperationException(string.Join("\n", problems.Take(10)) + "\n" + text);
        return image.ToArray();
    }
}
