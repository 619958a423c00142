using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Models;

/// <summary>How many steps of the main LSTM a gradient passes back through: K steps, all (<c>full</c>) or none.</summary>
/// <remarks>"Truncate300" of Table 2 is 300, "Full BP" is full; Figure 4 goes down to 1 and to none.</remarks>
[JsonConverter(typeof(TruncationJsonConverter))]
public readonly record struct Truncation
{
    private readonly int? _steps;

    private Truncation(int? steps) => _steps = steps;

    /// <summary>Gradients pass through every step.</summary>
    public static Truncation Full { get; } = new(null);

    /// <summary>No gradient enters the main LSTM.</summary>
    public static Truncation None { get; } = new(0);

    /// <summary>Gradients pass through the last steps before the loss.</summary>
    /// <param name="steps">K, at least 0.</param>
    /// <exception cref="UserException">K is negative.</exception>
    public static Truncation Last(int steps) => steps >= 0
        ? new Truncation(steps)
        : throw new UserException($"A truncation of {steps} steps is not possible: give a number of steps from 0 on, 'full' or 'none'.");

    /// <summary>K, or null for full.</summary>
    public int? Steps => _steps;

    /// <summary>The steps after which the gradient through a long segment is cut; null for never: full, or none to cut.</summary>
    public int? Cut => _steps is > 0 ? _steps : null;

    /// <summary>The first step whose gradient is kept, for a loss on the state after <paramref name="end"/> steps.</summary>
    /// <param name="end">The steps read before the loss.</param>
    public int StartBefore(int end) => _steps is int steps ? Math.Max(0, end - steps) : 0;

    /// <summary>Reads <c>full</c>, <c>none</c> or a number of steps.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="UserException">The text is none of these.</exception>
    public static Truncation Parse(string text) => text.ToLowerInvariant() switch
    {
        "full" => Full,
        "none" => None,
        _ when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int steps) => Last(steps),
        _ => throw new UserException($"'{text}' is no truncation: give a number of steps from 0 on, 'full' or 'none'."),
    };

    /// <inheritdoc/>
    public override string ToString() => _steps switch
    {
        null => "full",
        0 => "none",
        int steps => steps.ToString(CultureInfo.InvariantCulture),
    };

    private sealed class TruncationJsonConverter : JsonConverter<Truncation>
    {
        public override Truncation Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Number ? Last(reader.GetInt32()) : Parse(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, Truncation value, JsonSerializerOptions options)
        {
            if (value.Steps is int steps and > 0)
            {
                writer.WriteNumberValue(steps);
            }
            else
            {
                writer.WriteStringValue(value.ToString());
            }
        }
    }
}
