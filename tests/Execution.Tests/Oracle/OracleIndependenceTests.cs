using System.Reflection;
using System.Reflection.Emit;
using DlGen.Graphs;

namespace DlGen.Tests.Oracles;

/// <summary>
/// The oracle is worth something only while it shares no computation with the compiler: this reads every token of its IL and accepts, of the
/// generator's assembly, the records' data alone.
/// </summary>
public class OracleIndependenceTests
{
    /// <summary>Members of the generator that merely hold data. Equality operators come with pattern matching on records.</summary>
    private static readonly HashSet<string> Data =
    [
        "Graph.get_Nodes", "Graph.get_Outputs", "Node.get_Op", "Node.get_Operands", "Node.get_Shape", "Node.get_PerRow", "Output.get_Role", "Output.get_Node", "Output.get_Name", "StateOp.get_Path", "StateOp.get_Extents", "MomentsOp.get_Axes", "ScatterAddOp.get_Count",
        "ScanOp.get_Body", "ScanOp.get_Steps", "ScanOp.get_Sequences", "ScanOp.get_Reverse", "BodyInputOp.get_Kind", "BodyInputOp.get_Index",
        "Shape.get_Extents", "EquatableArray`1.get_Items", "EquatableArray`1.get_Item", "EquatableArray`1.get_Count", "EquatableArray`1.GetEnumerator",
        "Expression.get_Code", "Instruction.get_Op", "Instruction.get_A", "Instruction.get_B", "Instruction.get_C", "Instruction.get_Value",
        "InputOp.get_Variable", "InputOp.get_Extents", "ParameterOp.get_Path", "ParameterOp.get_Extents", "ParameterOp.get_Frozen",
        "ConstantOp.get_Values", "ConstantOp.get_Extents", "RandomOp.get_Extents", "MapOp.get_Expression",
        "ReduceOp.get_Kind", "ReduceOp.get_Axes", "ReduceOp.get_OverRows", "ContractOp.get_Left", "ContractOp.get_Right", "ContractOp.get_Result", "ContractOp.get_OverRows",
        "AttentionOp.get_IsCausal", "AttentionOp.get_Scale", "AttentionGradientOp.get_IsCausal", "AttentionGradientOp.get_Scale",
        "ReshapeOp.get_Extents", "TransposeOp.get_Axes", "SliceOp.get_Axis", "SliceOp.get_Start", "SliceOp.get_Length",
        "PadOp.get_Axis", "PadOp.get_Before", "PadOp.get_After", "ConcatOp.get_Axis", "Object.ToString",
        "SliceOp.get_Step", "PadOp.get_Interior", "PadOp.get_Value", "UnfoldOp.get_Axis", "UnfoldOp.get_Windows", "FoldOp.get_Axis", "FoldOp.get_Extent", "FoldOp.get_Windows",
        "Windows.get_Positions", "Windows.get_Taps", "Windows.get_Start", "Windows.get_Stride", "Windows.get_Step",
    ];

    [Fact]
    public void The_oracle_reads_the_records_and_calls_nothing_of_the_compiler()
    {
        var references = OracleTypes().SelectMany(MethodsOf).SelectMany(ReferencedMembers).Where(m => m.Module.Assembly == typeof(Graph).Assembly).ToList();

        Assert.Contains(references, m => m.Name == "get_Nodes");
        Assert.DoesNotContain(references, m => m is MethodBase && !Data.Contains(m.DeclaringType!.Name + "." + m.Name));
        Assert.DoesNotContain(references, m => NamespaceOf(m) is not ("DlGen.Graphs" or "DlGen.Ops"));
    }

    [Fact]
    public void The_reading_of_references_sees_calls()
    {
        var references = ReferencedMembers(typeof(OracleIndependenceTests).GetMethod(nameof(CallsTheCompiler), BindingFlags.Static | BindingFlags.NonPublic)!);

        Assert.Contains(references, m => m.Name == nameof(Lowering.Differentiate.LossByParameters) && NamespaceOf(m) == "DlGen.Lowering");
    }

    private static Graph CallsTheCompiler(Graph graph) => Lowering.Differentiate.LossByParameters(graph);

    private static string? NamespaceOf(MemberInfo member) => (member as Type ?? member.DeclaringType)?.Namespace;

    /// <summary>The namespace's types, those of lambdas and iterators included; test classes aside.</summary>
    private static IEnumerable<Type> OracleTypes()
        => typeof(Oracle).Assembly.GetTypes().Where(t => t.Namespace == typeof(Oracle).Namespace && !Outermost(t).Name.EndsWith("Tests", StringComparison.Ordinal));

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<MethodBase> MethodsOf(Type type)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        return type.GetMethods(Own).Concat<MethodBase>(type.GetConstructors(Own));
    }

    /// <summary>Every method, field and type that a method's IL names.</summary>
    private static List<MemberInfo> ReferencedMembers(MethodBase method)
    {
        var found = new List<MemberInfo>();
        byte[] il = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (int at = 0; at < il.Length;)
        {
            var code = il[at] == 0xFE ? OpCodesByValue[unchecked((short)(0xFE00 | il[at + 1]))] : OpCodesByValue[il[at]];
            at += code.Size;
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
                found.Add(method.Module.ResolveMember(BitConverter.ToInt32(il, at), typeArguments, methodArguments)!);
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
                _ => 4,
            };
        }
        return found;
    }

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);
}
