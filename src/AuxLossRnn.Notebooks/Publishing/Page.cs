using System.Globalization;
using System.Text.RegularExpressions;
using AuxLossRnn.Figures;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>What all pages have in common.</summary>
internal static partial class Page
{
    /// <summary>The file of plotly.js beside the pages.</summary>
    public static string Plotly => Figure.PlotlyAddress.Split('/')[^1];

    /// <summary>The places that every page has.</summary>
    public static readonly string[] Ids = ["fold", "theme"];

    /// <summary>The switch between light and dark; without scripts the reader's system decides.</summary>
    public const string ThemeSwitch = "<button id=\"theme\" hidden>Dark</button>";

    /// <summary>A page.</summary>
    /// <param name="title">Its title: HTML.</param>
    /// <param name="body">What it holds.</param>
    /// <param name="plotly">Whether it draws figures.</param>
    public static string Html(string title, string body, bool plotly) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{Tag().Replace(Annotation().Replace(title, ""), "")}</title>
        <style>
        {Assets.Text("page.css").TrimEnd()}
        </style>
        <script>
        {Assets.Text("page.js").TrimEnd()}
        </script>
        {(plotly ? $"<script defer src=\"{Plotly}\"></script>\n" : "")}</head>
        <body>
        {body}</body>
        </html>

        """;

    /// <summary>A time as readers say it.</summary>
    public static string Duration(TimeSpan time) => time.TotalSeconds < 60
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(time.TotalSeconds)):0} s")
        : time.TotalMinutes < 60
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min");

    [GeneratedRegex("<annotation.*?</annotation>", RegexOptions.Singleline)]
    private static partial Regex Annotation();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();
}
