using System.Reflection;
using System.Runtime.CompilerServices;
using DlGen.Diagnostics;
using DlGen.Layers;
using Microsoft.CodeAnalysis;

namespace DlGen.Tests;

/// <summary>Walks the tables: what the runtime library declares, what the compiler knows and what the docs describe must be one and the same.</summary>
public class CatalogueTests
{
    private static readonly string[] Options = ["frozen", "init", "name"];

    [Fact]
    public void Every_layer_attribute_is_in_the_catalogue_with_its_arguments()
    {
        Assert.Equal(Catalogue.Layers.Values.Where(l => l.HasAttribute).Select(l => l.Name).Order(StringComparer.Ordinal), AttributesOf(typeof(LayerAttribute)).Keys.Order(StringComparer.Ordinal));
        foreach (var (name, type) in AttributesOf(typeof(LayerAttribute))) AssertArguments(name, type, Catalogue.Layers[name].Arguments);
    }

    [Fact]
    public void Every_loss_attribute_is_in_the_catalogue_with_its_arguments()
    {
        Assert.Equal(Catalogue.Losses.Keys.Order(StringComparer.Ordinal), AttributesOf(typeof(LossAttribute)).Keys.Order(StringComparer.Ordinal));
        foreach (var (name, type) in AttributesOf(typeof(LossAttribute))) AssertArguments(name, type, Catalogue.Losses[name].Arguments);
    }

    [Fact]
    public void Every_method_of_Tensor_is_a_layer_a_function_or_a_loss()
    {
        var methods = typeof(Tensor).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(m => !m.IsSpecialName && m.GetBaseDefinition() == m).ToLookup(m => m.Name);
        // Scan takes a cell and Call a model, which are no values, and Split gives a list: the reader runs them.
        var known = Catalogue.Layers.Keys.Concat(TensorFunctions.All.Keys).Concat(Catalogue.Losses.Keys).Concat(["Scan", "Call", "Split"]);
        Assert.Equal(known.Distinct().Order(StringComparer.Ordinal), methods.Select(g => g.Key).Order(StringComparer.Ordinal));
        foreach (var layer in Catalogue.Layers.Values)
        {
            string[] required = [.. layer.Operands.Where(o => o.Required).Select(o => o.Name), .. layer.Arguments.Where(a => a.Required).Select(a => a.Name)];
            string[] optional = [.. layer.Arguments.Where(a => !a.Required).Select(a => a.Name), .. layer.Operands.Where(o => !o.Required).Select(o => o.Name), .. layer.HasParameters ? Options : []];
            List<string[]> forms = [[.. required, .. optional]];
            if (layer.State is { } state) forms.Add([.. required, state, .. optional]);
            // A function may have the layer's name: Embedding(table).
            Assert.Equal(forms.Count + (TensorFunctions.All.ContainsKey(layer.Name) ? 1 : 0), methods[layer.Name].Count());
            foreach (string[] form in forms)
            {
                var parameters = Assert.Single(methods[layer.Name], m => m.GetParameters().Select(p => p.Name).SequenceEqual(form)).GetParameters();
                Assert.Equal(form.Except(required).Except(optional), parameters.Where(p => p.IsOut).Select(p => p.Name));
                foreach (var argument in layer.Arguments) AssertParameter(argument, parameters.Single(p => p.Name == argument.Name));
                foreach (var operand in layer.Operands) AssertParameter(operand, parameters.Single(p => p.Name == operand.Name));
            }
        }
    }

    private static void AssertParameter(LayerArgument argument, ParameterInfo parameter)
    {
        Assert.Equal(!argument.Required, parameter.HasDefaultValue);
        if (!argument.Required) Assert.Equal(Convert.ToDouble(argument.Default), Convert.ToDouble(parameter.DefaultValue));
    }

    private static void AssertParameter(LayerOperand operand, ParameterInfo parameter)
    {
        Assert.Equal(!operand.Required, parameter.HasDefaultValue);
        Assert.Equal(operand.Count switch { 1 => typeof(Tensor), 2 => typeof((Tensor, Tensor)?), _ => null }, parameter.ParameterType);
        if (!operand.Required) Assert.Null(parameter.DefaultValue);
    }

    [Fact]
    public void Every_layer_says_in_one_line_what_it_is()
        => Assert.All(Catalogue.Layers.Values.Select(l => l.Summary).Concat(Catalogue.Losses.Values.Select(l => l.Summary)), s => Assert.InRange(s.Length, 8, 80));

    [Fact]
    public void Every_diagnostic_has_its_page_its_link_and_its_release_note()
    {
        string notes = File.ReadAllText(Path.Combine(Root(), "src", "Generator", "AnalyzerReleases.Unshipped.md"));
        var pages = Directory.GetFiles(Path.Combine(Root(), "docs", "diagnostics"), "DLG*.md").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal);
        Assert.Equal(All().Select(d => d.Id), pages);
        foreach (var descriptor in All())
        {
            string page = File.ReadAllText(Path.Combine(Root(), "docs", "diagnostics", descriptor.Id + ".md"));
            Assert.StartsWith($"# {descriptor.Id}: {descriptor.Title}", page, StringComparison.Ordinal);
            Assert.Contains("## Wrong", page, StringComparison.Ordinal);
            Assert.Contains("## Right", page, StringComparison.Ordinal);
            Assert.EndsWith($"docs/diagnostics/{descriptor.Id}.md", descriptor.HelpLinkUri, StringComparison.Ordinal);
            Assert.Contains($"{descriptor.Id} | DlGen | {descriptor.DefaultSeverity} | {descriptor.Title}", notes, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_diagnostic_is_some_analyzers()
        => Assert.Equal(All().Select(d => d.Id), new ModelAnalyzer().SupportedDiagnostics.Concat(new RunTimeCallAnalyzer().SupportedDiagnostics).Select(d => d.Id).Order(StringComparer.Ordinal));

    internal static IReadOnlyList<DiagnosticDescriptor> All() =>
        [.. typeof(Descriptors).GetFields(BindingFlags.Static | BindingFlags.Public).Select(f => (DiagnosticDescriptor)f.GetValue(null)!).OrderBy(d => d.Id, StringComparer.Ordinal)];

    /// <summary>The folder of the whole repository.</summary>
    internal static string Repository => Root();

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    private static Dictionary<string, Type> AttributesOf(Type ancestor)
        // Block stands for the layers of a method or of another model.
        => typeof(Tensor).Assembly.GetTypes().Where(t => t.IsSubclassOf(ancestor) && t != typeof(BlockAttribute) && t != typeof(BlockAttribute<>)).ToDictionary(t => t.Name.Replace("Attribute", "", StringComparison.Ordinal));

    private static void AssertArguments(string name, Type type, IReadOnlyList<LayerArgument> arguments)
    {
        var constructor = Assert.Single(type.GetConstructors()).GetParameters();
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(p => p.CanWrite).ToList();
        var declared = constructor.Select(p => p.Name!).Concat(properties.Select(p => char.ToLowerInvariant(p.Name[0]) + p.Name[1..]));
        Assert.Equal((name, string.Join(", ", arguments.Select(a => a.Name))), (name, string.Join(", ", declared)));
        foreach (var argument in arguments)
        {
            var parameter = constructor.FirstOrDefault(p => p.Name == argument.Name);
            var property = properties.FirstOrDefault(p => string.Equals(p.Name, argument.Name, StringComparison.OrdinalIgnoreCase));
            Type given = parameter?.ParameterType ?? property!.PropertyType;
            if (argument.Kind == ArgumentKind.Choice) Assert.Equal(argument.Choices, Enum.GetNames(given));
            else Assert.Equal(argument.Kind switch { ArgumentKind.Int => typeof(int), ArgumentKind.Ints => typeof(int[]), ArgumentKind.Number => typeof(double), _ => typeof(bool) }, given);
            if (argument.Required) continue;
            var instance = Activator.CreateInstance(type, [.. constructor.Select(p => p.HasDefaultValue ? p.DefaultValue : p.ParameterType.IsArray ? Array.CreateInstance(p.ParameterType.GetElementType()!, 0) : Activator.CreateInstance(p.ParameterType))]);
            object? value = parameter is not null ? parameter.DefaultValue : property!.GetValue(instance);
            Assert.Equal(Convert.ToDouble(argument.Default), Convert.ToDouble(value));
        }
    }
}
