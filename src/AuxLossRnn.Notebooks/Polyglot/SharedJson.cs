using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using AuxLossRnn.Runtime;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using TorchSharp;

namespace AuxLossRnn.Notebooks.Polyglot;

/// <summary>Values as JSON, in which kernels share them with others that do not run in this process.</summary>
internal static class SharedJson
{
    // As .NET Interactive writes it, but safe within a page's script: < and the like are escaped.
    private static readonly JsonSerializerOptions Options = new(JsonFormatter.SerializerOptions)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        IncludeFields = true, // a tuple has no properties
        WriteIndented = false,
    };

    /// <summary>A value as JSON: a data frame as a list of rows that know their columns by name, a tensor as lists in lists.</summary>
    /// <param name="name">What the value is called, for messages.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="UserException">It cannot be written as JSON.</exception>
    public static string Of(string name, object? value)
    {
        try
        {
            return JsonSerializer.Serialize(Plain(value), Options);
        }
#pragma warning disable CA1031 // A value's own code runs here, a getter or a query: whatever it throws is said.
        catch (Exception problem) when (problem is not OperationCanceledException)
#pragma warning restore CA1031
        {
            throw new UserException(
                $"{name} cannot be shared as JSON: {problem.Message.Split('\n', 2)[0].TrimEnd()} Share numbers, texts, arrays or records of these, or a data frame, made from it in C#.", problem);
        }
    }

    /// <summary>JSON as it was written, once it is known to be some.</summary>
    /// <param name="name">What the value is called, for messages.</param>
    /// <param name="json">The text.</param>
    /// <exception cref="UserException">It is no JSON.</exception>
    public static string Checked(string name, string json)
    {
        try
        {
            using var read = JsonDocument.Parse(json);
            return json;
        }
        catch (JsonException problem)
        {
            throw new UserException($"{name} is said to be JSON, but is none: {problem.Message}", problem);
        }
    }

    private static object? Plain(object? value) => value switch
    {
        DataFrame frame => frame.Rows.Select(row => frame.Columns.Select((column, i) => (column.Name, Value: row[i])).ToDictionary(cell => cell.Name, cell => cell.Value)),
        torch.Tensor tensor => Lists(tensor),
        _ => value,
    };

    private static object Lists(torch.Tensor tensor)
    {
        using torch.Tensor plain = tensor.detach().cpu().to(torch.is_floating_point(tensor) ? torch.ScalarType.Float64 : torch.ScalarType.Int64).contiguous(); // as tensor
        object[] values = plain.dtype == torch.ScalarType.Float64 ? [.. plain.data<double>().Cast<object>()] : [.. plain.data<long>().Cast<object>()];
        return plain.dim() == 0 ? values[0] : Nest(values, [.. plain.shape.Select(size => (int)size)]);
    }

    private static object[] Nest(object[] values, int[] shape)
    {
        for (int axis = shape.Length - 1; axis > 0; axis--)
        {
            values = [.. values.Chunk(Math.Max(1, shape[axis]))];
        }

        return values;
    }
}
